//! CloudFormation templates: which files are such, and what their intrinsic functions come to.

mod detect;

pub use detect::{LANGUAGE_EXTENSIONS, SAM_TRANSFORM, TemplateKind, is_generator, is_template, looks_like_template, transforms};
