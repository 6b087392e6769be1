//! Hashes, and the functions with another result each time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::filesystem::file_bytes;
use super::{Function, FunctionContext, Param, string, text};
use crate::value::{Reason, Unknown, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("base64sha256", &[Param::String], |args, ctx| Ok(string(base64(&Sha256::digest(text(args, 0))), ctx))),
    Function::new("base64sha512", &[Param::String], |args, ctx| Ok(string(base64(&Sha512::digest(text(args, 0))), ctx))),
    Function::new("bcrypt", &[Param::String, Param::Number], |_, ctx| Ok(impure("bcrypt(…)", ctx))).optional(1).lenient(0),
    Function::new("filebase64sha256", &[Param::String], |args, ctx| of_file(args, ctx, |bytes| base64(&Sha256::digest(bytes)))),
    Function::new("filebase64sha512", &[Param::String], |args, ctx| of_file(args, ctx, |bytes| base64(&Sha512::digest(bytes)))),
    Function::new("filemd5", &[Param::String], |args, ctx| of_file(args, ctx, |bytes| hex(&Md5::digest(bytes)))),
    Function::new("filesha1", &[Param::String], |args, ctx| of_file(args, ctx, |bytes| hex(&Sha1::digest(bytes)))),
    Function::new("filesha256", &[Param::String], |args, ctx| of_file(args, ctx, |bytes| hex(&Sha256::digest(bytes)))),
    Function::new("filesha512", &[Param::String], |args, ctx| of_file(args, ctx, |bytes| hex(&Sha512::digest(bytes)))),
    Function::new("md5", &[Param::String], |args, ctx| Ok(string(hex(&Md5::digest(text(args, 0))), ctx))),
    Function::new("rsadecrypt", &[Param::String, Param::String], |_, ctx| Ok(impure("rsadecrypt(…)", ctx))).lenient(0),
    Function::new("sha1", &[Param::String], |args, ctx| Ok(string(hex(&Sha1::digest(text(args, 0))), ctx))),
    Function::new("sha256", &[Param::String], |args, ctx| Ok(string(hex(&Sha256::digest(text(args, 0))), ctx))),
    Function::new("sha512", &[Param::String], |args, ctx| Ok(string(hex(&Sha512::digest(text(args, 0))), ctx))),
    Function::new("uuid", &[], |_, ctx| Ok(impure("uuid()", ctx))),
    Function::new("uuidv5", &[Param::String, Param::String], uuidv5),
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn of_file(args: &[Value], ctx: &FunctionContext, hash: impl Fn(&[u8]) -> String) -> Result<Value, String> {
    Ok(match file_bytes(text(args, 0), ctx) {
        Ok(bytes) => string(hash(&bytes), ctx),
        Err(unknown) => unknown,
    })
}

/// The result of a function that answers differently each time.
pub(super) fn impure(shown: &str, ctx: &FunctionContext) -> Value {
    let message = format!("`{shown}` gives another result each time");
    Value::unknown(Unknown::new(Reason::Impure, shown, message, ctx.span), ctx.span)
}

/// RFC 4122, "Algorithm for Creating a Name-Based UUID", with SHA-1.
fn uuidv5(args: &[Value], ctx: &FunctionContext) -> Result<Value, String> {
    let namespace = match text(args, 0) {
        "dns" | "url" | "oid" | "x500" => {
            let low: u8 = match text(args, 0) {
                "dns" => 0x10,
                "url" => 0x11,
                "oid" => 0x12,
                _ => 0x14,
            };
            // The four well-known namespaces differ in one byte.
            let mut id = [0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8];
            id[3] = low;
            id
        }
        other => parse_uuid(other).ok_or_else(|| format!("{other:?} is no UUID namespace"))?,
    };
    let digest = Sha1::new().chain_update(namespace).chain_update(text(args, 1)).finalize();
    let mut id = [0u8; 16];
    for (to, from) in id.iter_mut().zip(digest) {
        *to = from;
    }
    id[6] = id[6] & 0x0f | 0x50;
    id[8] = id[8] & 0x3f | 0x80;
    let hex = hex(&id);
    Ok(string(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]), ctx))
}

fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let dashes = text.len() == 36 && [8, 13, 18, 23].iter().all(|i| text.as_bytes().get(*i) == Some(&b'-'));
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if !dashes || digits.len() != 32 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    Some(u128::from_str_radix(&digits, 16).ok()?.to_be_bytes())
}
