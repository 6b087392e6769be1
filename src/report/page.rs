//! Rules for the terminal: the list, and a rule's page.

use std::fmt::Write as _;
use std::io::{self, Write};

use annotate_snippets::renderer::Style;
use anstream::adapter::strip_str;

use super::wrap::wrap;
use super::{PROJECT_URL, ReportOptions};
use crate::rules::{self, Rule};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The page of a rule on the project's site.
pub fn rule_url(id: &str) -> String {
    format!("{PROJECT_URL}/blob/main/rules/{id}.md")
}

/// Writes the list of rules: id, severity, title.
pub fn write_rules(options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    let rules = rules::all();
    let column = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in rules {
        let line = format!("{BOLD}{:column$}{BOLD:#}  {:7}  {}\n", rule.id, rule.severity.name(), rule.title);
        put(out, &line, options)?;
    }
    put(out, &format!("\n{DIM}`iacscan explain RULE` shows a rule's page.{DIM:#}\n"), options)
}

/// Writes a rule's page: headings bold, code as it stands, paragraphs wrapped.
pub fn write_page(rule: &Rule, options: &ReportOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut text = format!("{BOLD}{}{BOLD:#} ({}): {}\n\n", rule.id, rule.severity.name(), rule.title);
    render_all(rule.markdown(), options, &mut text);
    let _ = writeln!(text, "{DIM}{}{DIM:#}", rule_url(rule.id));
    put(out, &text, options)
}

fn put(out: &mut dyn Write, text: &str, options: &ReportOptions) -> io::Result<()> {
    if options.color { out.write_all(text.as_bytes()) } else { write!(out, "{}", strip_str(text)) }
}

/// The Markdown that rule pages use.
enum Block<'a> {
    /// The first-level heading: the rule's id.
    Title,
    Heading(&'a str),
    Code(Vec<&'a str>),
    Paragraph(String),
    Item(String),
    Table(Vec<&'a str>),
}

fn blocks(markdown: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines().peekable();
    // A paragraph or item goes on until a line that begins something else.
    let mut open = false;
    while let Some(line) = lines.next() {
        let content = line.trim();
        if let Some(fence) = content.strip_prefix("```").map(|_| &content[..content.len() - content.trim_start_matches('`').len()]) {
            let code = std::iter::from_fn(|| lines.next().filter(|l| !l.trim().starts_with(fence)));
            blocks.push(Block::Code(code.collect()));
            open = false;
        } else if content.is_empty() {
            open = false;
        } else if content.starts_with("# ") {
            blocks.push(Block::Title);
            open = false;
        } else if content.starts_with('#') {
            blocks.push(Block::Heading(content.trim_start_matches('#').trim()));
            open = false;
        } else if content.starts_with('|') {
            match blocks.last_mut() {
                Some(Block::Table(rows)) => rows.push(content),
                _ => blocks.push(Block::Table(vec![content])),
            }
            open = false;
        } else if let Some(item) = content.strip_prefix("- ").or_else(|| content.strip_prefix("* ")) {
            blocks.push(Block::Item(item.to_owned()));
            open = true;
        } else {
            match blocks.last_mut() {
                Some(Block::Paragraph(text) | Block::Item(text)) if open => {
                    text.push(' ');
                    text.push_str(content);
                }
                _ => blocks.push(Block::Paragraph(content.to_owned())),
            }
            open = true;
        }
    }
    blocks
}

fn render_all(markdown: &str, options: &ReportOptions, text: &mut String) {
    let mut blocks = blocks(markdown).into_iter().peekable();
    while let Some(block) = blocks.next() {
        render(&block, options, text);
        // The items of a list stand close together.
        if !matches!((&block, blocks.peek()), (Block::Item(_), Some(Block::Item(_)))) && !matches!(block, Block::Title) {
            text.push('\n');
        }
    }
}

fn render(block: &Block<'_>, options: &ReportOptions, text: &mut String) {
    let width = options.width.max(40);
    match block {
        // Written already, with the severity.
        Block::Title => {}
        Block::Heading(heading) => {
            let _ = writeln!(text, "{BOLD}{heading}{BOLD:#}");
        }
        Block::Code(lines) => {
            for line in lines {
                let _ = writeln!(text, "{}{line}", if line.is_empty() { "" } else { "    " });
            }
        }
        Block::Paragraph(words) => {
            let _ = writeln!(text, "{}", wrap(words, width, 0).join("\n"));
        }
        Block::Item(words) => {
            let _ = writeln!(text, "  - {}", wrap(words, width - 4, 0).join("\n    "));
        }
        Block::Table(rows) => {
            let _ = writeln!(text, "{}", rows.join("\n"));
        }
    }
}

/// Markdown as plain text: headings and code without their marks.
pub fn plain(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.trim_start().starts_with("```"));
    let plain: Vec<&str> =
        lines.map(|line| line.trim_start_matches('#').trim_start_matches(if line.starts_with('#') { " " } else { "" })).collect();
    plain.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_readable_without_markdown() {
        let rule = rules::by_id("syntax-error").expect("the rule that every scan has");
        let mut out = Vec::new();
        write_page(rule, &ReportOptions::default(), &mut out).expect("writing to memory");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.starts_with("syntax-error (error): File does not parse\n\nWhat it finds\n\n"), "{text}");
        assert!(!text.contains("---"), "{text}");
    }

    #[test]
    fn code_is_kept_and_paragraphs_are_joined() {
        let markdown = "# t\n\na\nb\n\n```hcl\nx {\n\n  # y\n}\n```\n- one\n  more\n- two\n";
        let mut text = String::new();
        render_all(markdown, &ReportOptions::default(), &mut text);
        let text = strip_str(&text).to_string();
        assert_eq!(text, "a b\n\n    x {\n\n      # y\n    }\n\n  - one more\n  - two\n\n");
        assert_eq!(plain(markdown), "t\n\na\nb\n\nx {\n\n  # y\n}\n- one\n  more\n- two");
    }
}
