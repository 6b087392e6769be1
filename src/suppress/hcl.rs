//! Comments of HCL. Strings with their templates, and heredocs, are passed over: what looks like a comment there is text.

use std::ops::Range;

use super::comments::{Comment, adjacent};

/// A line of code: where its first token is, and how deep in brackets.
struct Start {
    offset: usize,
    depth: usize,
}

#[derive(Default)]
struct Scan {
    comments: Vec<Range<usize>>,
    /// First token of each line that has one.
    starts: Vec<Start>,
    /// Ends of logical lines: offset and bracket depth there.
    ends: Vec<(usize, usize)>,
}

/// The comments that hold `mark`, in order.
pub fn comments(text: &str, mark: &str) -> Vec<Comment> {
    let scan = Scanner { bytes: text.as_bytes(), at: 0, depth: 0, line_has_token: false, scan: Scan::default() }.run();
    let marked = scan.comments.iter().filter(|range| text[(*range).clone()].contains(mark));
    marked.map(|range| Comment { scope: scope(text, &scan, range), range: range.clone() }).collect()
}

/// What starts on the comment's line, or on the next line that has code.
fn scope(text: &str, scan: &Scan, comment: &Range<usize>) -> Option<Range<usize>> {
    let line_start = text[..comment.start].rfind('\n').map_or(0, |i| i + 1);
    let next = scan.starts.partition_point(|s| s.offset < line_start);
    let start = scan.starts.get(next)?;
    let own_line = start.offset < comment.start;
    if !own_line && !adjacent(&text[comment.end..start.offset]) {
        return None;
    }
    let first = scan.ends.partition_point(|(offset, _)| *offset < start.offset);
    let end = scan.ends[first..].iter().find(|(_, depth)| *depth <= start.depth).map_or(text.len(), |(offset, _)| *offset);
    Some(start.offset..end)
}

struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    line_has_token: bool,
    scan: Scan,
}

impl Scanner<'_> {
    fn run(mut self) -> Scan {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.end_line();
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'#' => self.line_comment(),
                b'/' if self.looking_at(b"//") => self.line_comment(),
                b'/' if self.looking_at(b"/*") => self.block_comment(),
                _ => self.token(),
            }
        }
        self.end_line();
        self.scan
    }

    fn looking_at(&self, mark: &[u8]) -> bool {
        self.bytes[self.at..].starts_with(mark)
    }

    fn end_line(&mut self) {
        self.scan.ends.push((self.at, self.depth));
        self.line_has_token = false;
    }

    fn line_comment(&mut self) {
        let start = self.at;
        self.skip_line();
        self.scan.comments.push(start..self.at);
    }

    fn skip_line(&mut self) {
        self.at = self.bytes[self.at..].iter().position(|b| *b == b'\n').map_or(self.bytes.len(), |i| self.at + i);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let rest = &self.bytes[self.at + 2..];
        self.at = rest.windows(2).position(|w| w == b"*/").map_or(self.bytes.len(), |i| self.at + 2 + i + 2);
        self.scan.comments.push(start..self.at);
    }

    fn token(&mut self) {
        if !self.line_has_token {
            self.scan.starts.push(Start { offset: self.at, depth: self.depth });
            self.line_has_token = true;
        }
        match self.bytes[self.at] {
            b'{' | b'[' | b'(' => self.depth += 1,
            b'}' | b']' | b')' => self.depth = self.depth.saturating_sub(1),
            b'"' => return self.string(),
            b'<' if self.looking_at(b"<<") => return self.heredoc(),
            _ => {}
        }
        self.at += 1;
    }

    /// A quoted string; `${` and `%{` open code in which strings may stand again. Deep nesting is a stack here, not recursion.
    fn string(&mut self) {
        // For each open template: how many braces are open in it.
        let mut templates: Vec<usize> = Vec::new();
        let mut quoted = true;
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            let template = quoted && matches!(byte, b'$' | b'%') && self.bytes.get(self.at + 1) == Some(&b'{');
            let escaped = quoted && (self.looking_at(b"$${") || self.looking_at(b"%%{"));
            match byte {
                b'\\' if quoted => self.at += 1,
                _ if escaped => self.at += 2,
                _ if template => {
                    templates.push(0);
                    quoted = false;
                    self.at += 1;
                }
                // A string ends at its line, whatever the file's author forgot.
                b'\n' if quoted => return,
                b'"' if quoted && templates.is_empty() => {
                    self.at += 1;
                    return;
                }
                b'"' => quoted = !quoted,
                b'{' if !quoted => *templates.last_mut().unwrap_or(&mut 0) += 1,
                b'}' if !quoted => match templates.last_mut() {
                    Some(0) => {
                        templates.pop();
                        quoted = true;
                    }
                    Some(open) => *open -= 1,
                    None => {}
                },
                _ => {}
            }
            self.at += 1;
        }
    }

    /// `<<EOT` or `<<-EOT` up to the line that holds the mark alone.
    fn heredoc(&mut self) {
        self.at += 2;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | 0x80..)) {
            self.at += 1;
        }
        let mark = &self.bytes[start..self.at];
        if mark.is_empty() {
            return;
        }
        loop {
            self.skip_line();
            if self.at >= self.bytes.len() {
                return;
            }
            let line = &self.bytes[self.at + 1..];
            let line = &line[..line.iter().position(|b| *b == b'\n').unwrap_or(line.len())];
            self.at += 1;
            if line.trim_ascii() == mark {
                self.at += line.len();
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each comment and the first and last line of its scope.
    fn scopes(text: &str) -> Vec<(String, Option<(usize, usize)>)> {
        let line = |offset: usize| text[..offset].matches('\n').count() + 1;
        comments(text, "").into_iter().map(|c| (text[c.range.clone()].to_owned(), c.scope.map(|s| (line(s.start), line(s.end))))).collect()
    }

    #[test]
    fn on_and_above_blocks_and_attributes() {
        let text = "# a\nresource \"x\" \"y\" { # b\n  p = [ // c\n    1,\n  ]\n  /* d */\n  # e\n  q {\n  }\n\n  # f\n\n}\n# g";
        let got: Vec<_> = scopes(text).into_iter().map(|(_, scope)| scope).collect();
        assert_eq!(got, [Some((2, 13)), Some((2, 13)), Some((3, 5)), Some((8, 9)), Some((8, 9)), None, None]);
    }

    #[test]
    fn text_is_no_comment() {
        let text = "a = \"# no\"\nb = \"${f(\"// no\", { x = \"}\" })} # no\"\nc = <<-EOT\n  # no\n  EOT\nd = \"$${ # no\" # yes\ne = \"\\\" # no\"\n";
        assert_eq!(scopes(text), [("# yes".to_owned(), Some((6, 6)))]);
    }

    #[test]
    fn a_heredoc_belongs_to_its_attribute() {
        let text = "# a\np = <<EOT\nx\n}\nEOT\nq = 1\n";
        assert_eq!(scopes(text)[0].1, Some((2, 5)));
    }

    #[test]
    fn unfinished_text_ends() {
        for text in ["\"", "\"${", "<<EOT", "<<", "/*", "}", "\"\\", "a = \"x\n# c", "<<EOT\n"] {
            comments(text, "");
        }
    }
}
