//! Where a function's code lies.

use crate::sam::tree::{Tree, tree};

/// `Code` of the Lambda function. A local path stays a path, as it stands before `sam package`.
pub(super) fn of_function(properties: &Tree) -> Option<Tree> {
    let is_image = properties.get_text("PackageType") == Some("Image");
    let mut code = if is_image {
        let uri = properties.get("ImageUri")?;
        tree!(uri.at(), { "ImageUri": uri })
    } else if let Some(inline) = properties.get("InlineCode") {
        tree!(inline.at(), { "ZipFile": inline })
    } else {
        location(properties.get("CodeUri")?)
    };
    if let Some(key) = properties.get("SourceKMSKeyArn").filter(|_| !is_image) {
        code.set("SourceKMSKeyArn", key.clone());
    }
    Some(code)
}

/// `s3://bucket/key?versionId=…` and `{Bucket, Key, Version}` as Lambda spells them; anything else stays.
pub(in crate::sam) fn location(uri: &Tree) -> Tree {
    let at = uri.at();
    match (uri.get("Bucket"), uri.get("Key"), uri.text().and_then(s3_parts)) {
        (Some(bucket), Some(key), _) => {
            let mut code = tree!(at, { "S3Bucket": bucket, "S3Key": key });
            if let Some(version) = uri.get("Version") {
                code.set("S3ObjectVersion", version.clone());
            }
            code
        }
        (_, _, Some((bucket, key, version))) => {
            let mut code = tree!(at, { "S3Bucket": bucket, "S3Key": key });
            if let Some(version) = version {
                code.set("S3ObjectVersion", at.text(version));
            }
            code
        }
        _ => uri.clone(),
    }
}

/// Bucket, key and version of an S3 URI.
pub(in crate::sam) fn s3_parts(uri: &str) -> Option<(&str, &str, Option<&str>)> {
    let (bucket, rest) = uri.strip_prefix("s3://")?.split_once('/')?;
    let (key, query) = rest.split_once('?').unwrap_or((rest, ""));
    let version = query.split('&').find_map(|p| p.strip_prefix("versionId="));
    (!bucket.is_empty()).then_some((bucket, key.trim_start_matches('/'), version))
}
