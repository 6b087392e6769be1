//! What hcl-edit rejects and Terraform accepts, and how a file is kept when one of its blocks is broken.
//!
//! A repair changes bytes in place and never the length, so that every span still fits the file; names are read from the
//! file's own text afterwards.

use std::collections::HashMap;

/// The block types of a Terraform file: a line that begins with one starts a new block whatever stands before it.
const TOP_LEVEL: [&str; 13] = [
    "resource",
    "data",
    "variable",
    "output",
    "locals",
    "module",
    "provider",
    "terraform",
    "moved",
    "import",
    "removed",
    "check",
    "ephemeral",
];

/// The byte ranges of the top-level blocks of a file: each from one block's first line to the next one's. Lines inside of
/// heredocs start no block.
pub(super) fn chunks(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut starts = vec![0];
    let mut offset = 0;
    let mut heredoc: Option<&str> = None;
    let ends = marker_lines(text, str::trim);
    for line in text.split_inclusive('\n') {
        match heredoc {
            Some(end) if line.trim() == end => heredoc = None,
            Some(_) => {}
            None if starts_block(line) && offset > 0 => starts.push(offset),
            None => {}
        }
        if heredoc.is_none() {
            let next = offset + line.len();
            heredoc = heredoc_start(line).filter(|end| ends.get(end).is_some_and(|at| at.last().is_some_and(|last| *last >= next)));
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]).collect::<Vec<_>>();
    starts.into_iter().zip(ends).map(|(start, end)| start..end).collect()
}

fn starts_block(line: &str) -> bool {
    TOP_LEVEL.iter().any(|kind| {
        line.strip_prefix(kind).is_some_and(|rest| rest.starts_with([' ', '\t', '{', '"']) && !rest.trim_start().starts_with('='))
    })
}

/// The end marker of a heredoc that starts on this line.
fn heredoc_start(line: &str) -> Option<&str> {
    let (_, marker) = line.trim_end().rsplit_once("<<")?;
    let marker = marker.strip_prefix('-').unwrap_or(marker);
    is_marker(marker).then_some(marker)
}

fn is_marker(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// Where the lines start that may end a heredoc, by what `trim` leaves of them: found once, since a file may start many heredocs that
/// nothing ends.
fn marker_lines<'t>(text: &'t str, trim: impl Fn(&'t str) -> &'t str) -> HashMap<&'t str, Vec<usize>> {
    let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let marker = trim(line);
        if is_marker(marker) {
            found.entry(marker).or_default().push(offset);
        }
        offset += line.len();
    }
    found
}

/// Turns heredocs without a line into empty strings: hcl-edit reads on to the next marker of that name. `None` where there
/// is none, as in nearly every file.
pub(super) fn blank_empty_heredocs(text: &str) -> Option<String> {
    let mut out: Option<String> = None;
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let next = line_start + line.len();
        if line.contains("<<")
            && let Some(marker) = heredoc_start(line)
            && let Some(end) = text[next..].lines().next().filter(|l| l.trim() == marker)
            && let Some(at) = line.rfind("<<")
        {
            let start = line_start + at;
            let stop = next + end.trim_end().len();
            let blank = format!("\"\"{}", " ".repeat(stop - start - 2));
            out.get_or_insert_with(|| text.to_owned()).replace_range(start..stop, &blank);
        }
        line_start = next;
    }
    out
}

/// What the scanner is inside of.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    /// Braces, brackets or parentheses in which a line end separates items.
    Items,
    /// A `for` expression or parentheses, in which a line end is white space.
    Free,
    /// A quoted string.
    Quotes,
}

/// Turns line ends and comments inside of `for` expressions into spaces: hcl-edit takes a line break after `=>`, `?` or `||`
/// there for the end of the expression. So are carriage returns within comments: it takes them for the end of the comment, where
/// Terraform waits for the line feed. `None` where there is nothing to change.
pub(super) fn mend_white_space(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut inside: Vec<Inside> = Vec::new();
    let mut changed = false;
    let mut heredocs = Heredocs::new(text);
    let mut i = 0;
    while i < bytes.len() {
        let free = inside.last() == Some(&Inside::Free);
        let quoted = inside.last() == Some(&Inside::Quotes);
        let rest = &text.as_bytes()[i..];
        match bytes[i] {
            b'\\' if quoted => i += 1,
            b'$' | b'%' if quoted && rest.len() > 2 && rest[1] == rest[0] && rest[2] == b'{' => i += 2,
            b'$' | b'%' if quoted && rest.get(1) == Some(&b'{') => {
                inside.push(Inside::Free);
                i += 1;
            }
            b'"' if quoted => {
                inside.pop();
            }
            _ if quoted => {}
            b'"' => inside.push(Inside::Quotes),
            b'#' => i = blank(&mut bytes, i, line_end(text, i), free, &mut changed),
            b'/' if rest.starts_with(b"//") => i = blank(&mut bytes, i, line_end(text, i), free, &mut changed),
            b'/' if rest.starts_with(b"/*") => {
                let end = text[i..].find("*/").map_or(text.len(), |n| i + n + 2);
                i = blank(&mut bytes, i, end, free, &mut changed);
            }
            b'<' if rest.starts_with(b"<<") => i = heredocs.end(i),
            b'(' => inside.push(Inside::Free),
            open @ (b'{' | b'[') => inside.push(if is_for(&text[i + 1..]) || (open == b'[') { Inside::Free } else { Inside::Items }),
            b'}' | b']' | b')' => {
                inside.pop();
            }
            b'\n' | b'\r' if free => {
                bytes[i] = b' ';
                changed = true;
            }
            _ => {}
        }
        i += 1;
    }
    changed.then(|| String::from_utf8(bytes).ok()).flatten()
}

fn is_for(after: &str) -> bool {
    after.trim_start().strip_prefix("for").is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |n| from + n)
}

/// The last byte of a comment, which becomes spaces where a line end may not end it; elsewhere its lone carriage returns do.
fn blank(bytes: &mut [u8], from: usize, to: usize, free: bool, changed: &mut bool) -> usize {
    for i in from..to {
        let before_line_feed = bytes.get(i + 1) == Some(&b'\n');
        if free || bytes[i] == b'\r' && !before_line_feed {
            bytes[i] = b' ';
            *changed = true;
        }
    }
    to.saturating_sub(1)
}

/// Finds where heredocs end.
struct Heredocs<'t> {
    text: &'t str,
    ends: HashMap<&'t str, Vec<usize>>,
    /// The end of the line that was looked at last, and the marker on it.
    line: (usize, Option<&'t str>),
}

impl<'t> Heredocs<'t> {
    fn new(text: &'t str) -> Self {
        let trim = |line: &'t str| line.trim_start().trim_end_matches(['\r', '\n', ',', ')', ']', '}', ' ']);
        Heredocs { text, ends: marker_lines(text, trim), line: (0, None) }
    }

    /// The last byte of the heredoc that starts at `from`; `from + 1` where none does.
    fn end(&mut self, from: usize) -> usize {
        if from >= self.line.0 {
            let end = line_end(self.text, from);
            self.line = (end, heredoc_start(&self.text[from..end]));
        }
        let (first_line, Some(marker)) = self.line else { return from + 1 };
        let Some(ends) = self.ends.get(marker) else { return from + 1 };
        let Some(at) = ends.get(ends.partition_point(|at| *at <= first_line)) else { return from + 1 };
        at + self.text[*at..].find(marker).unwrap_or(0) + marker.len() - 1
    }
}

/// Makes the name at `offset` unlike any other by changing its first character: hcl-edit gives up at a name that stands
/// twice. `attempt` counts the repairs of this text. `None` where no name stands there.
pub(super) fn rename_duplicate(text: &str, offset: usize, attempt: usize) -> Option<String> {
    const FIRST: &[u8] = b"_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut at = offset;
    if text.as_bytes().get(at) == Some(&b'"') {
        at += 1;
    }
    let replacement = char::from(*FIRST.get(attempt % FIRST.len())?);
    let old = text.get(at..)?.chars().next()?;
    if !(old.is_ascii_alphanumeric() || old == '_') {
        return None;
    }
    let mut out = text.to_owned();
    out.replace_range(at..at + 1, replacement.encode_utf8(&mut [0; 4]));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_start_at_blocks_outside_of_heredocs() {
        let text = "# c\nlocals {\n a = <<EOF\nresource \"x\" \"y\" {}\nEOF\n}\nresource \"a\" \"b\" {}\n";
        let found: Vec<&str> = chunks(text).into_iter().map(|r| &text[r]).collect();
        assert_eq!(found.len(), 3);
        assert!(found[1].starts_with("locals") && found[2].starts_with("resource \"a\""));
    }

    #[test]
    fn empty_heredocs_are_empty_strings() {
        let text = "a = <<EOT\nEOT\nb = <<EOT\nx\nEOT\n";
        let blanked = blank_empty_heredocs(text).unwrap();
        assert_eq!(blanked.len(), text.len());
        assert_eq!(blanked.split_whitespace().collect::<Vec<_>>(), ["a", "=", "\"\"", "b", "=", "<<EOT", "x", "EOT"]);
        assert_eq!(blank_empty_heredocs("a = <<EOT\nx\nEOT\n"), None);
    }

    #[test]
    fn lines_are_joined_inside_of_for_only() {
        let text = "a = {\n  x = 1\n}\nb = { for k in x : k =>\n # c\n k }\n";
        let joined = mend_white_space(text).unwrap();
        assert_eq!(joined.len(), text.len());
        assert!(joined.starts_with("a = {\n  x = 1\n}\nb = { for k in x : k =>      "), "{joined:?}");
        assert_eq!(mend_white_space("a = \"\n\"\nb = {\n}\n"), None);
    }
}
