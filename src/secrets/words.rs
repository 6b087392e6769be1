//! Words that are no secret even as the value of something sensitive: hiding them everywhere would hide nothing but the message.

/// Sorted.
const COMMON: [&str; 68] = [
    "admin",
    "administrator",
    "amazonaws.com",
    "apigateway",
    "application",
    "attribute",
    "aurora",
    "cloudformation",
    "cluster",
    "database",
    "default",
    "development",
    "disabled",
    "enabled",
    "events",
    "execute-api",
    "false",
    "function",
    "group",
    "http",
    "https",
    "information",
    "instance",
    "integration",
    "invocations",
    "json",
    "lambda",
    "localhost",
    "logs",
    "main",
    "master",
    "message",
    "mysql",
    "name",
    "none",
    "null",
    "password",
    "path",
    "policy",
    "post",
    "postgres",
    "postgresql",
    "preprod",
    "prod",
    "production",
    "public",
    "queue",
    "resource",
    "role",
    "root",
    "secret",
    "security",
    "service",
    "session",
    "stage",
    "staging",
    "string",
    "table",
    "test",
    "testing",
    "token",
    "topic",
    "true",
    "user",
    "username",
    "value",
    "variable",
    "word",
];

/// Whether a text is such a word: also a region, and what has neither letters nor digits.
pub fn is_common(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    COMMON.binary_search(&lower.as_str()).is_ok() || is_region(&lower) || !text.chars().any(char::is_alphanumeric)
}

/// `eu-west-1`, `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    match parts.as_slice() {
        [area, middle @ .., number] => {
            area.len() == 2
                && letters(area)
                && !middle.is_empty()
                && middle.iter().all(letters)
                && number.len() == 1
                && number.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(COMMON.is_sorted());
    }

    #[test]
    fn regions_and_words_are_common() {
        assert!(["eu-west-1", "us-gov-east-1", "Prod", "----", "HTTPS"].iter().all(|text| is_common(text)));
        assert!(!["hunter2", "eu-west-x", "us-1", "proddb"].iter().any(|text| is_common(text)));
    }
}
