//! Text for a terminal: wrapped at words, and without what could steer the terminal.

use unicode_width::UnicodeWidthStr;

/// Whether a character steers a terminal or hides text: control characters of 7 and 8 bits, marks that change the direction or the
/// line, and characters without a width or a shape.
pub(super) fn steers(c: char) -> bool {
    let invisible =
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}');
    let marks = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}');
    c.is_control() || invisible || marks || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

/// Text from the source without what steers a terminal: a template must not be able to move the cursor, change colours, or show
/// code in another order than it has. Newlines stay, tabs become four spaces.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '\t' => out.push_str("    "),
            '\r' => {}
            c if steers(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A line of source with something visible of as many bytes in the place of what steers a terminal, so that offsets into it stay.
/// Tabs stay: whoever renders excerpts widens them.
pub fn clean_in_place(line: &str) -> String {
    let visible = |c: char| match c.len_utf8() {
        1 => '?',
        2 => '\u{b7}',
        3 => '\u{fffd}',
        _ => '\u{1f6ab}',
    };
    line.chars().map(|c| if c != '\t' && steers(c) { visible(c) } else { c }).collect()
}

/// The text in lines of at most `width` columns, the first one shortened by `first` columns. Words longer than a line (ARNs)
/// are kept whole; newlines in the text are kept.
pub fn wrap(text: &str, width: usize, first: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut used = first;
    for paragraph in clean(text).split('\n') {
        let mut line = String::new();
        for word in words(paragraph) {
            let columns = word.width();
            if !line.is_empty() && used + 1 + columns > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if !line.is_empty() {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += columns;
        }
        lines.push(line);
        used = 0;
    }
    lines
}

/// Words at spaces, but code in backquotes stays in one piece: it is to be searched and copied.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.split(move |c: char| {
        if c == '`' {
            in_code = !in_code;
        }
        c == ' ' && !in_code
    })
    .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words() {
        assert_eq!(wrap("one two three", 7, 0), ["one two", "three"]);
        assert_eq!(wrap("one two three", 7, 4), ["one", "two", "three"]);
        assert_eq!(wrap("a-word-too-long b", 5, 0), ["a-word-too-long", "b"]);
        assert_eq!(wrap("say `GET /x y` now", 6, 0), ["say", "`GET /x y`", "now"]);
        assert_eq!(wrap("", 5, 0), [""]);
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\r\n\tc\u{202e}"), "a\u{fffd}[31mb\n    c\u{fffd}");
    }
}
