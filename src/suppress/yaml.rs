//! Comments of YAML. Quoted and block scalars are passed over; scopes follow the indentation.

use std::ops::Range;

use super::comments::{Comment, adjacent, lines};
use crate::source::is_yaml_break;

/// A line that holds something other than a comment.
struct Line {
    range: Range<usize>,
    /// Column of its first character.
    indent: usize,
    /// Whether it continues a scalar or a flow collection that an earlier line opened.
    inner: bool,
}

/// The comments that hold `mark`, in order.
pub fn comments(text: &str, mark: &str) -> Vec<Comment> {
    // A carriage return on its own ends a line as well; the offsets stay.
    let line_feed = |(at, c)| if c == '\r' && is_yaml_break(text.as_bytes(), at) { '\n' } else { c };
    let unified: Option<String> = text.contains('\r').then(|| text.char_indices().map(line_feed).collect());
    let text = unified.as_deref().unwrap_or(text);
    let mut scan = Scan { text, ..Scan::default() };
    lines(text).for_each(|line| scan.line(line));
    let Scan { found, code, .. } = scan;
    let marked = found.into_iter().filter(|range| text[range.clone()].contains(mark));
    marked.map(|range| Comment { scope: scope(text, &code, &range), range }).collect()
}

fn scope(text: &str, code: &[Line], comment: &Range<usize>) -> Option<Range<usize>> {
    let line_start = text[..comment.start].rfind('\n').map_or(0, |i| i + 1);
    let mut index = code.partition_point(|l| l.range.start < line_start);
    let own_line = code.get(index).is_some_and(|l| l.range.start == line_start);
    if own_line {
        // A comment in a flow collection belongs to the entry that holds it.
        while index > 0 && code[index].inner {
            index -= 1;
        }
    } else if !adjacent(&text[comment.end..code.get(index)?.range.start]) {
        return None;
    }
    let first = code.get(index)?;
    let is_item = text[first.range.clone()].trim_start().starts_with("- ");
    let belongs = |l: &&Line| {
        let zero_indented_item = !is_item && l.indent == first.indent && starts_item(text[l.range.clone()].trim_start());
        l.inner || l.indent > first.indent || zero_indented_item
    };
    let last = code[index + 1..].iter().take_while(belongs).last().unwrap_or(first);
    Some(first.range.start + first.indent..last.range.end)
}

fn starts_item(line: &str) -> bool {
    line == "-" || line.starts_with("- ")
}

#[derive(Default)]
struct Scan<'t> {
    text: &'t str,
    found: Vec<Range<usize>>,
    code: Vec<Line>,
    /// The quote that a scalar of an earlier line is still in.
    quote: Option<u8>,
    /// Open flow collections.
    flow: usize,
    /// The least indentation that keeps a line in the block scalar above; its real one once a line was seen.
    block: Option<Block>,
}

#[derive(Clone, Copy)]
struct Block {
    /// Indentation of the entry that holds the scalar.
    parent: Option<usize>,
    /// Of the text, once known.
    content: Option<usize>,
}

impl Scan<'_> {
    fn line(&mut self, range: Range<usize>) {
        let line = &self.text[range.clone()];
        let indent = line.len() - line.trim_start_matches(' ').len();
        if line.trim().is_empty() {
            return;
        }
        if self.in_block(indent) {
            self.code.push(Line { range, indent, inner: true });
            return;
        }
        let inner = self.quote.is_some() || self.flow > 0;
        let comment = self.tokens(line, indent);
        let end = comment.unwrap_or(line.len());
        if let Some(at) = comment {
            self.found.push(range.start + at..range.end);
        }
        if !line[..end].trim().is_empty() {
            self.code.push(Line { range: range.start..range.start + line[..end].trim_end().len(), indent, inner });
        }
    }

    fn in_block(&mut self, indent: usize) -> bool {
        let Some(block) = &mut self.block else { return false };
        let inside = match block.content {
            Some(content) => indent >= content,
            None => block.parent.is_none_or(|parent| indent > parent),
        };
        if inside {
            block.content.get_or_insert(indent);
        } else {
            self.block = None;
        }
        inside
    }

    /// Follows one line's tokens; gives where its comment starts.
    fn tokens(&mut self, line: &str, indent: usize) -> Option<usize> {
        let bytes = line.as_bytes();
        let mut at = indent;
        // Whether a scalar may start here.
        let mut fresh = self.quote.is_none();
        // Column of the entry's key: what the text of a block scalar must be indented more than.
        let mut entry = None;
        while at < bytes.len() {
            let byte = bytes[at];
            if let Some(quote) = self.quote {
                at += self.quoted(bytes, at, quote);
                continue;
            }
            let spaced = at == 0 || matches!(bytes[at - 1], b' ' | b'\t');
            let ends_word = matches!(bytes.get(at + 1), None | Some(b' ' | b'\t'));
            match byte {
                b'#' if spaced => return Some(at),
                b' ' | b'\t' => {}
                b'"' | b'\'' if fresh => self.quote = Some(byte),
                b'|' | b'>' if fresh && self.flow == 0 => {
                    let parent = entry.unwrap_or(indent);
                    // The whole document may be one block scalar; only then has it no parent.
                    let parent = (entry.is_some() || at > indent).then_some(parent);
                    let digit = bytes[at + 1..].iter().take(2).find(|b| b.is_ascii_digit()).map(|b| usize::from(b - b'0'));
                    self.block = Some(Block { parent, content: digit.map(|d| d + parent.unwrap_or(0)) });
                    fresh = false;
                }
                b'[' | b'{' if fresh || self.flow > 0 => {
                    self.flow += 1;
                    fresh = true;
                }
                b']' | b'}' if self.flow > 0 => {
                    self.flow -= 1;
                    fresh = false;
                }
                b',' if self.flow > 0 => fresh = true,
                b':' if ends_word || self.flow > 0 => fresh = true,
                b'-' | b'?' if fresh && ends_word && entry.is_none() => {}
                // A tag or an anchor stands before its scalar.
                b'!' | b'&' if fresh => {
                    while bytes.get(at + 1).is_some_and(|b| !matches!(b, b' ' | b'\t' | b',' | b']' | b'}')) {
                        at += 1;
                    }
                }
                _ => {
                    entry.get_or_insert(at);
                    fresh = false;
                }
            }
            if matches!(byte, b'"' | b'\'') {
                entry.get_or_insert(at);
            }
            at += 1;
        }
        None
    }

    /// One step in a quoted scalar: how many bytes to go on.
    fn quoted(&mut self, bytes: &[u8], at: usize, quote: u8) -> usize {
        match bytes[at] {
            b'\\' if quote == b'"' => 2,
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => 2,
            byte if byte == quote => {
                self.quote = None;
                1
            }
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(text: &str) -> Vec<(String, Option<(usize, usize)>)> {
        let line = |offset: usize| text[..offset].matches('\n').count() + 1;
        comments(text, "").into_iter().map(|c| (text[c.range.clone()].to_owned(), c.scope.map(|s| (line(s.start), line(s.end))))).collect()
    }

    #[test]
    fn on_and_above_entries() {
        let text = "Resources:\n  # a\n  # b\n  Fn: # c\n    Type: X\n    List:\n    - 1 # d\n    - k: 2\n      l: 3\n\n    # e\n\n  G: {a: 1, # f\n    b: 2}\n  # g\n";
        let got: Vec<_> = scopes(text).into_iter().map(|(_, scope)| scope).collect();
        assert_eq!(got, [Some((4, 9)), Some((4, 9)), Some((4, 9)), Some((7, 7)), None, Some((13, 14)), None]);
    }

    #[test]
    fn items_at_the_indentation_of_their_key_belong_to_it() {
        let text = "# a\nDependsOn:\n- X\n- Y\nOther: 1\n# b\n- p: 1\n  q: 2\n- r\n";
        assert_eq!(scopes(text).into_iter().map(|(_, s)| s).collect::<Vec<_>>(), [Some((2, 4)), Some((7, 8))]);
    }

    #[test]
    fn text_is_no_comment() {
        let text = "a: '# no'\nb: \"x\n  # no\n  \" # yes 1\nc: |\n  # no\n\n  x\nd: it's # yes 2\ne: !Sub |-\n  # no\nf: a#no\n- g: >\n    # no\n  h: 1\ni: [\"# no\", '# no'] # yes 3\nj: 'it''s # no'\n";
        let found: Vec<String> = scopes(text).into_iter().map(|(c, _)| c).collect();
        assert_eq!(found, ["# yes 1", "# yes 2", "# yes 3"]);
    }

    #[test]
    fn an_empty_block_scalar_ends_at_the_next_key() {
        let text = "- run: |\n  name: x # yes\nb: |\nc: 1 # yes\n";
        assert_eq!(comments(text, "").len(), 2);
    }

    #[test]
    fn lines_may_end_with_a_carriage_return() {
        assert_eq!(comments("# a\rk: 1\rl: 2 # b\r", "").iter().map(|c| c.scope.clone()).collect::<Vec<_>>(), [Some(4..8), Some(9..13)]);
    }

    #[test]
    fn crlf_and_the_end_of_the_file() {
        assert_eq!(scopes("# a\r\nk: 1\r\n"), [("# a".to_owned(), Some((2, 2)))]);
        for text in ["\"", "'", "[", "|", "- |", "#", "!", "k: !Sub", "\\"] {
            comments(text, "");
        }
    }
}
