//! Which model stands for which call, and that every embedded model is well made.

use std::collections::BTreeSet;

use super::constraint::Constraint;
use super::*;
use crate::source::FileId;
use crate::syntax::hcl::ast::{Body, Step, TemplatePart};
use crate::value::{Kind, Reason};

/// The folder of the model that is chosen for a call with these arguments.
fn chosen(arguments: &str) -> Option<&'static str> {
    let (body, errors) = hcl::parse_body(FileId(0), &format!("module \"x\" {{\n{arguments}\n}}\n"));
    assert!(errors.is_empty(), "{arguments}: {errors:?}");
    choose(&body.blocks[0]).map(|c| c.model.path)
}

fn by_source(source: &str) -> Option<&'static str> {
    chosen(&format!("source = {source:?}"))
}

const LAMBDA: Option<&str> = Some("terraform-aws-modules/lambda");
const ALIAS: Option<&str> = Some("terraform-aws-modules/lambda/modules/alias");

#[test]
fn every_spelling_of_a_source() {
    for source in [
        "terraform-aws-modules/lambda/aws",
        "registry.terraform.io/terraform-aws-modules/lambda/aws",
        "registry.opentofu.org/terraform-aws-modules/lambda/aws",
        "tfr:///terraform-aws-modules/lambda/aws?version=7.2.0",
        "tfr://registry.terraform.io/terraform-aws-modules/lambda/aws?version=7.2.0",
        "github.com/terraform-aws-modules/terraform-aws-lambda",
        "github.com/terraform-aws-modules/terraform-aws-lambda?ref=v7.2.0",
        "git::https://github.com/terraform-aws-modules/terraform-aws-lambda.git?ref=v7.2.0",
        "git::https://github.com/terraform-aws-modules/terraform-aws-lambda?ref=master&depth=1",
        "git::ssh://git@github.com/terraform-aws-modules/terraform-aws-lambda.git",
        "git@github.com:terraform-aws-modules/terraform-aws-lambda.git?ref=v7.2.0",
        "git::git@github.com:terraform-aws-modules/terraform-aws-lambda.git",
    ] {
        assert_eq!(by_source(source), LAMBDA, "{source}");
    }
    for source in [
        "terraform-aws-modules/lambda/aws//modules/alias",
        "registry.terraform.io/terraform-aws-modules/lambda/aws//modules/alias/",
        "tfr:///terraform-aws-modules/lambda/aws//modules/alias?version=7.2.0",
        "git::https://github.com/terraform-aws-modules/terraform-aws-lambda.git//modules/alias?ref=v7.2.0",
        "git@github.com:terraform-aws-modules/terraform-aws-lambda.git//modules/alias",
    ] {
        assert_eq!(by_source(source), ALIAS, "{source}");
    }
}

#[test]
fn other_sources_have_no_model() {
    for source in [
        "",
        "?",
        "//",
        "::",
        "./terraform-aws-modules/lambda/aws",
        "terraform-aws-modules/lambda",
        "terraform-aws-modules/lambda/google",
        "terraform-aws-modules/lambda/aws//modules/deploy",
        "terraform-aws-modules/lambda/aws//modules/alias/inner",
        "app.terraform.io/terraform-aws-modules/lambda/aws",
        "tfr://example.com/terraform-aws-modules/lambda/aws",
        "someone-else/lambda/aws",
        "git::https://example.com/terraform-aws-modules/terraform-aws-lambda.git",
        "git::https://github.com/terraform-aws-modules",
        "git::https://github.com/someone/terraform-aws-lambda.git",
        "github.com.example.com/terraform-aws-modules/terraform-aws-lambda",
        "https://example.com/lambda.zip",
        "s3::https://s3.amazonaws.com/bucket/lambda.zip",
        "git@github.com:terraform-aws-modules",
    ] {
        assert_eq!(by_source(source), None, "{source}");
    }
    assert_eq!(chosen("source = var.source"), None);
    assert_eq!(chosen(""), None);
}

#[test]
fn the_version_selects_the_variant() {
    let api = |rest: &str| chosen(&format!("source = \"terraform-aws-modules/apigateway-v2/aws\"\n{rest}"));
    let (old, new) = (Some("terraform-aws-modules/apigateway-v2/up-to-4"), Some("terraform-aws-modules/apigateway-v2"));
    for version in ["~> 5.0", "6.0.0", "= 5.2.1", ">= 5.0, < 6.0", ">= 5.0.0", "~> 6", ">= 4.0", "> 1.0, != 4.2.0", ">=5.0.0"] {
        assert_eq!(api(&format!("version = {version:?}")), new, "{version}");
    }
    for version in ["~> 4.0", "4.0.0", "< 5.0.0", "~> 2.2.2", ">= 1.0, < 5", "<= 4.9", "v3.1.0", ">= 3.0.0, ~> 4.1"] {
        assert_eq!(api(&format!("version = {version:?}")), old, "{version}");
    }
    assert_eq!(api(""), new);
    for version in ["latest", "", "~> x", "=> 5.0", ">= 5.0, < 4.0"] {
        assert_eq!(api(&format!("version = {version:?}")), None, "{version}");
    }
    assert_eq!(api("version = var.version"), None);
}

#[test]
fn arguments_of_an_older_variant_leave_the_choice_open() {
    let api = |rest: &str| chosen(&format!("source = \"terraform-aws-modules/apigateway-v2/aws\"\nintegrations = {{}}\n{rest}"));
    assert_eq!(api(""), None);
    assert_eq!(api("version = \">= 3.0\""), None);
    assert_eq!(api("version = \"~> 3.0\""), Some("terraform-aws-modules/apigateway-v2/up-to-4"));
    assert_eq!(api("version = \"~> 6.0\""), Some("terraform-aws-modules/apigateway-v2"));
}

#[test]
fn a_git_reference_selects_the_variant() {
    let api = |reference: &str| by_source(&format!("github.com/terraform-aws-modules/terraform-aws-apigateway-v2?ref={reference}"));
    for reference in ["v5.2.0", "5.0.0", "tags/v6.0.0", "master", "main"] {
        assert_eq!(api(reference), Some("terraform-aws-modules/apigateway-v2"), "{reference}");
    }
    assert_eq!(api("v4.0.0"), Some("terraform-aws-modules/apigateway-v2/up-to-4"));
    // A commit or a branch may be any version.
    for reference in ["74d6d8d8d1e1f1b8ad1b3d7a7d7b1d8f0b8f1c2d", "my-branch", "1234567"] {
        assert_eq!(api(reference), None, "{reference}");
    }
    assert_eq!(by_source("github.com/terraform-aws-modules/terraform-aws-lambda?ref=my-branch"), LAMBDA);
}

#[test]
fn ranges_meet() {
    let meet = |a: &str, b: &str| Constraint::parse(a).unwrap().meets(&Constraint::parse(b).unwrap());
    for (a, b, expected) in [
        ("~> 1.2.3", "1.2.9", true),
        ("~> 1.2.3", "1.3.0", false),
        ("~> 1.2", "1.9.9", true),
        ("~> 1.2", "2.0.0", false),
        ("> 1.0.0", "1.0.0", false),
        (">= 1.0.0", "1.0.0", true),
        ("<= 1.0.0", "1.0.0", true),
        ("< 1.0.0", "1.0.0", false),
        ("1.0.0-beta1", "1.0.0", true),
    ] {
        assert_eq!(meet(a, b), expected, "{a} and {b}");
    }
}

#[test]
fn every_manifest_is_read() {
    for folder in list::FOLDERS {
        let model = Model::read(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.path));
        assert!(!model.read.is_empty(), "{}: which version was read?", folder.path);
        let address = Address::parse(&format!("{}//{}", model.source, model.submodules[0]));
        assert!(address.is_some_and(|a| model.stands_for(&a)), "{}", folder.path);
        let rules = model.mends.keys().filter(|rule| crate::rules::by_id(rule).is_none());
        assert_eq!(rules.collect::<Vec<_>>(), Vec::<&String>::new(), "{}: mends of no rule", folder.path);
    }
    assert_eq!(MODELS.len(), list::FOLDERS.len());
}

/// Every text parses, and is what the engine relies on: one declaration of each variable, each used and none both followed and
/// ignored; no calls of other modules; no files read.
#[test]
fn every_model_is_well_made() {
    for model in MODELS.iter() {
        let mut declared = BTreeSet::new();
        let mut used = BTreeSet::new();
        for (file, text) in model.files {
            let name = format!("{}/{file}", model.path);
            let (body, errors) = hcl::parse_body(FileId(0), text);
            assert!(errors.is_empty(), "{name}: {errors:?}");
            for block in &body.blocks {
                let kinds = ["variable", "locals", "data", "resource", "output"];
                assert!(kinds.contains(&block.kind.as_str()), "{name}: a {} block", block.kind);
                if block.kind == "variable" {
                    assert!(declared.insert(block.label(0)), "{name}: variable {} twice", block.label(0));
                    assert!(!model.ignores(&block.label(0)), "{name}: {} is followed", block.label(0));
                }
                assert!(block.kind != "resource" || block.label(0).starts_with("aws_"), "{name}: {}", block.label(0));
            }
            variables_of(&body, &mut used);
            assert!(!text.contains("path.module"), "{name}: a model has no folder");
        }
        assert_eq!(declared, used, "{}: variables that are declared, and variables that are used", model.path);
        let found: BTreeSet<Str> = model.declared().iter().map(|n| Str::from(*n)).collect();
        assert_eq!(declared, found, "{}: write `variable \"name\" {{` on a line of its own", model.path);
    }
}

fn variables_of(body: &Body, out: &mut BTreeSet<Str>) {
    body.attributes.iter().for_each(|a| variables_in(&a.value, out));
    body.blocks.iter().for_each(|b| variables_of(&b.body, out));
}

fn variables_in(expr: &Expr, out: &mut BTreeSet<Str>) {
    match &expr.kind {
        ExprKind::Traversal(base, steps) => {
            match (&base.kind, steps.first()) {
                (ExprKind::Name(name), Some(Step::Attr(variable))) if name == "var" => drop(out.insert(variable.clone())),
                _ => variables_in(base, out),
            }
            for step in steps {
                if let Step::Index(index) = step {
                    variables_in(index, out);
                }
            }
        }
        ExprKind::Template(parts) => variables_in_parts(parts, out),
        ExprKind::Wrapped(inner) | ExprKind::Unary(_, inner) => variables_in(inner, out),
        ExprKind::List(items) | ExprKind::Call(_, items, _) => items.iter().for_each(|i| variables_in(i, out)),
        ExprKind::Object(items) => items.iter().for_each(|i| {
            variables_in(&i.key, out);
            variables_in(&i.value, out);
        }),
        ExprKind::Conditional(parts) => parts.iter().for_each(|p| variables_in(p, out)),
        ExprKind::Binary(_, parts) => parts.iter().for_each(|p| variables_in(p, out)),
        ExprKind::For(each) => {
            let parts = [Some(&each.collection), each.key.as_ref(), Some(&each.value), each.condition.as_ref()];
            parts.into_iter().flatten().for_each(|p| variables_in(p, out));
        }
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Name(_) => {}
    }
}

fn variables_in_parts(parts: &[TemplatePart], out: &mut BTreeSet<Str>) {
    for part in parts {
        if let TemplatePart::Interpolation(inner) = part {
            variables_in(inner, out);
        }
    }
}

#[test]
fn an_installed_module_is_used_instead() {
    let resolved = crate::terraform::tests::resolve_files(&[
        ("main.tf", "module \"m\" {\n  source = \"terraform-aws-modules/lambda/aws\"\n}\n"),
        (
            ".terraform/modules/modules.json",
            "{\"Modules\":[{\"Key\":\"\",\"Source\":\"\",\"Dir\":\".\"},{\"Key\":\"m\",\"Source\":\"x\",\"Dir\":\".terraform/modules/m\"}]}",
        ),
        (".terraform/modules/m/main.tf", "resource \"aws_lambda_function\" \"installed\" {}\n"),
    ]);
    assert_eq!(resolved.unit.resources.len(), 1);
    let function = resolved.resource("module.m.aws_lambda_function.installed");
    assert_eq!(function.origin, None);
    assert!(resolved.unit.modelled.is_empty());
}

/// The version that is installed may take another type than the model.
#[test]
fn a_type_that_does_not_fit_is_no_error() {
    let text = "module \"x\" {\n  source = \"terraform-aws-modules/lambda/aws\"\n  function_name = \"f\"\n  policies = \"one\"\n  timeout = [1]\n}\n";
    let resolved = crate::terraform::tests::main_tf(text);
    assert_eq!(resolved.unit.problems.len(), 0);
    let timeout = resolved.value("module.x.aws_lambda_function.this[0]", "timeout");
    assert!(matches!(&timeout.kind, Kind::Unknown(unknown) if unknown.reason == Reason::Error), "{timeout}");
}

/// A call of each model with no arguments resolves without a problem, and everything in it lies in the call.
#[test]
fn every_place_is_the_call_s() {
    for model in MODELS.iter() {
        let submodule = &model.submodules[0];
        let version = format!("  version = \"{}\"\n", model.read);
        let text = format!("module \"x\" {{\n  source = \"{}//{submodule}\"\n{version}}}\n", model.source);
        let resolved = crate::terraform::tests::main_tf(&text.replace("//\"", "\""));
        let unit = &resolved.unit;
        assert!(unit.opaque.is_empty(), "{}: {:?}", model.path, unit.opaque);
        assert_eq!(unit.problems.iter().map(|p| &p.message).collect::<Vec<_>>(), Vec::<&String>::new(), "{}", model.path);
        for resource in &unit.resources {
            assert!(!resource.name_span.is_none() && resource.span.contains(resource.name_span), "{}", resource.address);
            let told = format!("{:?}", resource.attributes);
            let files = told.split("FileId(").skip(1).filter_map(|rest| rest.split(')').next());
            let own = resource.span.file.0.to_string();
            let none = Span::NONE.file.0.to_string();
            assert!(files.into_iter().all(|f| f == own || f == none), "{}: {told}", resource.address);
            assert!(resource.origin.is_some(), "{}", resource.address);
        }
    }
}

/// Ids that Terraform itself computes with the module's source, from versions 0.24 on.
#[test]
fn labels_are_named_as_the_module_names_them() {
    for (arguments, id) in [
        ("namespace = \"eg\"\nstage = \"Prod\"\nname = \"My_App 1\"", "eg-prod-myapp1"),
        ("name = \"app\"\nattributes = [\"Blue\", \"x_1\", \"\", \"blue\"]", "app-blue-x1"),
        ("name = \"app\"\ntenant = \"acme\"\nlabel_order = [\"name\", \"tenant\"]\ndelimiter = \".\"", "app.acme"),
        ("name = \"a_b\"\nregex_replace_chars = \"/[^a-z_]/\"\nlabel_value_case = \"upper\"", "A_B"),
        ("name = \"orders\"\nstage = \"production\"\nid_length_limit = 12", "produc-6c91c"),
        ("name = \"off\"\nenabled = false", ""),
    ] {
        let text = format!(
            "module \"first\" {{\n  source = \"cloudposse/label/null\"\n  version = \"0.25.0\"\n{arguments}\n}}\n\
             module \"second\" {{\n  source = \"cloudposse/label/null\"\n  context = module.first.context\n}}\n\
             resource \"aws_sqs_queue\" \"x\" {{\n  name = module.first.id\n  policy = module.second.id\n}}\n"
        );
        let resolved = crate::terraform::tests::main_tf(&text);
        let attributes = &resolved.unit.resources[0].attributes;
        for name in ["name", "policy"] {
            assert_eq!(attributes.get(name).and_then(|v| v.as_str()), Some(id), "{name} of {arguments}");
        }
    }
}
