//! Version constraints of module calls (Terraform documentation, "Version Constraints"), as the ranges that they allow.

use std::cmp::Ordering;

/// Major, minor, patch.
type Version = [u64; 3];

const MAX: Version = [u64::MAX; 3];

/// What versions are allowed: from the first, which is in, to the second, which is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    from: Version,
    to: Version,
    /// A git commit: one version, and nothing tells which.
    commit: bool,
}

impl Constraint {
    /// Every version.
    pub fn any() -> Constraint {
        Constraint { from: [0; 3], to: MAX, commit: false }
    }

    /// Reads a constraint; `None` where it is none. Exclusions (`!= 1.0.0`) change no range.
    pub fn parse(text: &str) -> Option<Constraint> {
        let mut all = Constraint::any();
        for part in text.split(',') {
            let part = part.trim();
            let digits = part.find(|c: char| c.is_ascii_digit() || c == 'v')?;
            let (version, written) = version(&part[digits..])?;
            let one = match part[..digits].trim() {
                "" | "=" => Constraint { from: version, to: after(version), ..Constraint::any() },
                "!=" => continue,
                ">" => Constraint { from: after(version), ..Constraint::any() },
                ">=" => Constraint { from: version, ..Constraint::any() },
                "<" => Constraint { to: version, ..Constraint::any() },
                "<=" => Constraint { to: after(version), ..Constraint::any() },
                "~>" => Constraint { from: version, to: pessimistic(version, written), ..Constraint::any() },
                _ => return None,
            };
            all = Constraint { from: all.from.max(one.from), to: all.to.min(one.to), commit: false };
        }
        Some(all)
    }

    /// What a git reference means: a tag with a version, a branch (the newest), or a commit.
    pub fn of_reference(reference: &str) -> Constraint {
        let tag = reference.rsplit('/').next().unwrap_or(reference);
        let commit = tag.len() >= 7 && tag.bytes().all(|b| b.is_ascii_hexdigit());
        match version(tag).filter(|_| !commit) {
            Some((version, _)) => Constraint { from: version, to: after(version), commit: false },
            None => Constraint { commit: !matches!(tag, "master" | "main" | "HEAD"), ..Constraint::any() },
        }
    }

    /// Whether any version of these ranges is in both.
    pub fn meets(&self, other: &Constraint) -> bool {
        self.from.max(other.from) < self.to.min(other.to)
    }

    /// Whether it is one version of which nothing is known.
    pub fn is_commit(&self) -> bool {
        self.commit
    }

    /// Which of two ranges reaches further.
    pub fn cmp_newest(&self, other: &Constraint) -> Ordering {
        self.to.cmp(&other.to)
    }
}

/// The version at the start of a text, and how many numbers it was written with.
fn version(text: &str) -> Option<(Version, usize)> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let numbers = text.split(['-', '+']).next()?.trim();
    let mut out = [0; 3];
    let mut written = 0;
    for part in numbers.split('.') {
        *out.get_mut(written)? = part.parse().ok()?;
        written += 1;
    }
    Some((out, written))
}

fn after([major, minor, patch]: Version) -> Version {
    [major, minor, patch.saturating_add(1)]
}

/// `~> 1.2.3` stays below 1.3.0, `~> 1.2` and `~> 1` below 2.0.0.
fn pessimistic([major, minor, _]: Version, written: usize) -> Version {
    match written {
        3 => [major, minor.saturating_add(1), 0],
        _ => [major.saturating_add(1), 0, 0],
    }
}
