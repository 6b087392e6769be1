//! What `terraform validate` refuses is told at its line, and its near twins are not.

use super::{main_tf, resolve_files};

/// A root module beside one in `m`.
fn with_module(main: &str, module: &str) -> Vec<String> {
    resolve_files(&[("main.tf", main), ("m/main.tf", module)]).problems()
}

fn root(main: &str) -> Vec<String> {
    main_tf(main).problems()
}

/// A resource that is repeated over an expression, after some declarations on one line.
fn repeated(before: &str, over: &str) -> Vec<String> {
    root(&format!("{before}\nresource \"x\" \"y\" {{\n  for_each = {over}\n}}\n"))
}

fn refused_over(found: &str) -> Vec<String> {
    vec![format!("3: `for_each` is a map or a set of strings, and this is {found}: `toset(…)` makes a set of a list of strings")]
}

const NOTHING: [String; 0] = [];

#[test]
fn repetition_over_a_list() {
    for (before, over, found) in [
        ("", "[\"a\", \"b\"]", "a tuple"),
        ("", "([])", "a tuple"),
        ("variable \"v\" {}", "[for x in var.v : x]", "a tuple"),
        ("variable \"v\" { type = list(string) }", "var.v", "a list"),
        ("variable \"v\" { type = list(string) }", "var.v == null ? [] : var.v", "a list"),
        ("locals { l = split(\",\", \"a,b\") }", "local.l", "a list"),
        ("", "toset([1, 2])", "a set of other values"),
        ("variable \"v\" { type = string }", "var.v", "a string"),
        ("", "\"a-${1}\"", "a string"),
        ("", "5", "a number"),
        ("", "true", "a bool"),
    ] {
        assert_eq!(repeated(before, over), refused_over(found), "{over}");
    }
}

#[test]
fn repetition_over_what_may_be_a_set_or_map() {
    for (before, over) in [
        ("", "toset([\"a\"])"),
        ("", "{ a = 1 }"),
        ("variable \"v\" {}", "var.v"),
        // A map may be given for it.
        ("variable \"v\" { default = [] }", "var.v"),
        ("variable \"v\" { default = [] }", "try(var.v, [])"),
        ("variable \"v\" { type = set(string) }", "var.v"),
        ("variable \"v\" {\n type = set(string)\n default = null\n}", "coalesce(var.v, [])"),
        ("variable \"v\" {\n type = set(string)\n default = null\n}\nlocals { l = coalesce(var.v, []) }", "local.l"),
        ("variable \"v\" { type = map(any) }", "var.v"),
        ("variable \"v\" {}", "{ for x in var.v : x => x }"),
        // The other branch decides what `[]` is.
        ("variable \"v\" {}\nvariable \"on\" { default = false }", "var.on ? toset(var.v) : []"),
        ("variable \"on\" { default = false }", "var.on ? toset([\"a\"]) : []"),
        ("data \"aws_x\" \"z\" {}", "data.aws_x.z.names"),
        ("module \"m\" { source = \"acme/m/aws\" }", "module.m.names"),
    ] {
        assert_eq!(repeated(before, over), NOTHING, "{over}");
    }
    let dynamic = "resource \"x\" \"y\" {\n  dynamic \"b\" {\n    for_each = [1]\n    content { n = b.value }\n  }\n}\n";
    assert_eq!(root(dynamic), NOTHING);
}

#[test]
fn repetition_of_a_module_by_its_arguments() {
    let module = "variable \"v\" {}\nresource \"x\" \"y\" {\n  for_each = var.v\n}\n";
    let call = |v: &str| format!("variable \"l\" {{ default = [] }}\nmodule \"m\" {{\n  source = \"./m\"\n  v = {v}\n}}\n");
    assert_eq!(with_module(&call("[\"a\"]"), module), refused_over("a tuple"));
    assert_eq!(with_module(&call("toset([\"a\"])"), module), NOTHING);
    assert_eq!(with_module(&call("var.l"), module), NOTHING);
}

#[test]
fn count_and_for_each() {
    let both = "resource \"x\" \"y\" {\n  for_each = {}\n  a = 1\n  count = 1\n}\n";
    assert_eq!(root(both), ["4: `count` and `for_each` cannot both be set in one block"]);
    assert_eq!(root("resource \"x\" \"y\" {\n  count = [1]\n}\n"), ["2: `count` is a whole number, and this is a list"]);
    assert_eq!(root("resource \"x\" \"y\" {\n  count = { a = 1 }\n}\n"), ["2: `count` is a whole number, and this is a map"]);
    assert_eq!(root("resource \"x\" \"y\" {\n  count = \"2\"\n}\n"), NOTHING);
    assert_eq!(root("variable \"v\" { default = [1] }\nresource \"x\" \"y\" {\n  count = var.v\n}\n"), NOTHING);
}

#[test]
fn arguments_of_a_module() {
    let module = "variable \"a\" {}\nvariable \"b\" { default = null }\n";
    assert_eq!(
        with_module("module \"m\" {\n  source = \"./m\"\n}\n", module),
        ["1: module `m` is called without `a`, which has no default"]
    );
    assert_eq!(with_module("module \"m\" {\n  source = \"./m\"\n  a = null\n}\n", module), NOTHING);
    assert_eq!(with_module("module \"m\" {\n  source = \"./m\"\n  a = 1\n  c = 1\n}\n", module), ["4: module `m` has no variable `c`"]);
    assert_eq!(root("module \"m\" {\n  source = \"acme/m/aws\"\n  c = 1\n}\n"), NOTHING);
    assert_eq!(root("module \"m\" {\n  a = 1\n}\n"), ["1: module `m` has no `source`"]);
    // An override gives the default that the module's own file lacks, and the argument that the call lacks.
    let overridden = [
        ("main.tf", "module \"m\" {\n  source = \"./m\"\n}\nmodule \"n\" {\n  source = \"./n\"\n}\n"),
        ("override.tf", "module \"n\" {\n  a = 1\n}\n"),
        ("m/main.tf", "variable \"a\" {}\n"),
        ("m/main_override.tf", "variable \"a\" { default = 1 }\n"),
        ("n/main.tf", "variable \"a\" {}\n"),
    ];
    assert_eq!(resolve_files(&overridden).problems(), NOTHING);
}

#[test]
fn a_failed_validation() {
    let module = |more: &str| {
        format!(
            "variable \"e\" {{\n  type = string\n{more}\n  validation {{\n    condition = contains([\"dev\"], var.e)\n    error_message = \"Must be dev.\"\n  }}\n}}\n"
        )
    };
    let call =
        |e: &str| format!("variable \"r\" {{ default = \"x\" }}\nvariable \"u\" {{}}\nmodule \"m\" {{\n  source = \"./m\"\n{e}\n}}\n");
    let failed = |line: u32| vec![format!("{line}: the value of variable `e` fails its validation: Must be dev")];
    assert_eq!(with_module(&call("e = \"prod\""), &module("")), failed(5));
    assert_eq!(with_module(&call("e = \"dev\""), &module("")), NOTHING);
    assert_eq!(with_module(&call(""), &module("default = \"prod\"")), failed(3));
    // The root's default, and a value that nobody knows.
    assert_eq!(with_module(&call("e = var.r"), &module("")), NOTHING);
    assert_eq!(with_module(&call("e = var.u"), &module("")), NOTHING);
    let files = [("main.tf", module("default = \"dev\"")), ("terraform.tfvars", "e = \"prod\"\n".to_owned())];
    assert_eq!(resolve_files(&files.each_ref().map(|(name, text)| (*name, text.as_str()))).problems(), failed(1));
    let own = root(&module("default = \"\""));
    assert_eq!(own, ["1: the default of variable `e` fails its own validation, so that every run has to give a value: Must be dev"]);
}

#[test]
fn names_that_are_not_there() {
    for (value, message) in [
        ("var.a", "there is no variable `a`"),
        ("local.a", "there is no local value `a`"),
        ("module.a.b", "there is no module call `a`"),
        ("aws_x.y.z", "`aws_x.y` is not declared in this module"),
        ("data.aws_x.y.z", "`data.aws_x.y` is not declared in this module"),
        ("\"${upper(aws_x.y)}\"", "`aws_x.y` is not declared in this module"),
        ("each.key", "`each` has a meaning only in a block with `for_each`"),
        ("count.index", "`count` has a meaning only in a block with `count`"),
        ("mysql", "`mysql` is no value: a text stands in quotes, and a resource has a type and a name"),
        ("uper(\"a\")", "there is no function `uper`"),
    ] {
        assert_eq!(root(&format!("resource \"x\" \"y\" {{\n  a = {value}\n}}\n")), [format!("2: {message}")], "{value}");
    }
    let module = "output \"there\" { value = [1] }\n";
    let call = |output: &str| format!("module \"m\" {{\n  source = \"./m\"\n  count = 1\n}}\noutput \"o\" {{\n  value = {output}\n}}\n");
    assert_eq!(with_module(&call("module.m[0].gone"), module), ["6: module `m` has no output `gone`"]);
    assert_eq!(with_module(&call("module.m[*].gone"), module), ["6: module `m` has no output `gone`"]);
    assert_eq!(with_module(&call("module.m[0].there[0]"), module), NOTHING);
}

#[test]
fn names_of_its_own() {
    let text = "variable \"l\" { type = list(object({ n = string, p = optional(number, 1) })) }\nresource \"x\" \"y\" {\n  for_each = { for each in var.l : each.n => each }\n  provider = aws.west\n  a = [for i, v in each.value : \"${i}%{ for w in v }${w}%{ endfor }\"]\n  dynamic \"s\" {\n    for_each = var.l\n    iterator = it\n    content {\n      n = it.value.n\n    }\n  }\n  lifecycle {\n    ignore_changes = [tags]\n    postcondition {\n      condition = self.id != \"\"\n      error_message = \"x\"\n    }\n  }\n  provisioner \"local-exec\" {\n    when = destroy\n    on_failure = continue\n    command = self.id\n  }\n}\n";
    assert_eq!(root(text), NOTHING);
}

#[test]
fn a_module_that_is_not_whole_may_have_them() {
    let text = "resource \"x\" \"y\" {\n  a = var.a\n  b = local.b\n}\n";
    assert_eq!(resolve_files(&[("main.tf", text), ("terragrunt.hcl", "")]).problems(), NOTHING);
    assert_eq!(resolve_files(&[("main.tf", text), ("vars.tf.j2", "")]).problems(), NOTHING);
    let broken = resolve_files(&[("main.tf", text), ("vars.tf", "variable \"a\" {\n")]);
    assert_eq!(broken.problems().len(), 1);
}

#[test]
fn the_form_of_blocks() {
    for (text, message) in [
        ("variable {}", "a block `variable` has one label: its name"),
        ("output \"a\" \"b\" { value = 1 }", "a block `output` has one label: its name"),
        ("locals \"a\" {}", "a block `locals` has no labels"),
        ("data \"a\" {}", "a data block has two labels: its type and its name"),
        ("resources \"a\" \"b\" {}", "there is no block `resources` at the top of a configuration"),
        ("a = 1", "`a` stands outside of any block"),
        ("variable \"a.b\" {}", "`a.b` is no name: letters, digits, `_` and `-`, and no digit first"),
        ("resource \"x\" \"1\" {}", "`1` is no name: letters, digits, `_` and `-`, and no digit first"),
        ("variable \"count\" {}", "no variable can be named `count`: calls of a module have that argument"),
        ("variable \"a\" { defualt = 1 }", "a block `variable` has no argument `defualt`"),
        ("variable \"a\" { type = list(strng) }", "there is no type `strng`"),
        ("variable \"a\" { type = object({ b = optional(strng, 1) }) }", "there is no type `strng`"),
        ("output \"a\" {}", "output `a` has no `value`"),
    ] {
        assert_eq!(root(&format!("{text}\n")), [format!("1: {message}")], "{text}");
    }
    let twice = root("provider \"aws\" {}\nprovider \"aws\" { alias = \"b\" }\nprovider \"aws\" {}\n");
    assert_eq!(twice, ["3: provider `aws` is configured twice in this module"]);
    assert_eq!(
        root("terraform {}\nmoved {\n  from = a.b\n  to = c.d\n}\ncheck \"c\" {}\nvariable \"é-1\" { type = \"string\" }\n"),
        NOTHING
    );
}

#[test]
fn circles() {
    let module = "variable \"x\" {}\noutput \"o\" { value = var.x }\n";
    let calls = "module \"a\" {\n  source = \"./m\"\n  x = module.b.o\n}\nmodule \"b\" {\n  source = \"./m\"\n  x = module.a.o\n}\n";
    let found = with_module(calls, module);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("depends on itself"), "{found:?}");
    let two = "resource \"x\" \"a\" {\n  n = x.b.arn\n}\nresource \"x\" \"b\" {\n  n = local.a\n}\nlocals {\n  a = x.a.id\n}\nresource \"x\" \"c\" {\n  n = x.a.arn\n}\n";
    let found = root(two);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("`x.a`") && found[0].contains("`x.b`") && found[0].contains("wait for one another"), "{found:?}");
    let own = "resource \"x\" \"y\" {\n  n = x.y.arn\n}\n";
    assert_eq!(root(own), ["1: `x.y` refers to itself: its own attributes are not known before it is there"]);
    let way = "resource \"x\" \"a\" {\n  n = x.b.arn\n  lifecycle {\n    postcondition {\n      condition = x.a.id != \"\"\n      error_message = \"x\"\n    }\n  }\n}\nresource \"x\" \"b\" {}\n";
    assert_eq!(root(way), NOTHING);
}

#[test]
fn words_of_action_triggers() {
    let trigger = |events: &str| {
        root(&format!(
            "action \"aws_lambda_invoke\" \"warm\" {{}}\nresource \"x\" \"y\" {{\n  lifecycle {{\n    action_trigger {{\n      events  = [{events}]\n      actions = [action.aws_lambda_invoke.warm]\n    }}\n  }}\n}}\n"
        ))
    };
    assert_eq!(trigger("after_create, before_update"), NOTHING);
}

/// The problems of a local value, on the second line.
fn local(value: &str) -> Vec<String> {
    root(&format!("variable \"v\" {{}}\nlocals {{ a = {value} }}\n"))
}

/// The same in JSON syntax.
fn local_in_json(value: &str) -> Vec<String> {
    let text = format!("\"${{{}}}\"", value.replace('"', "\\\""));
    resolve_files(&[("main.tf.json", &format!("{{\"variable\": {{\"v\": {{}}}},\n\"locals\": {{\"a\": {text}}}}}\n"))]).problems()
}

#[test]
fn calls_with_another_number_of_arguments() {
    for (value, message) in [
        ("upper(\"a\", \"b\")", "function `upper` takes 1 arguments, but 2 are given"),
        ("replace(\"a\", \"b\")", "function `replace` takes 3 arguments, but 2 are given"),
        ("lookup({}, \"a\", 1, 2)", "function `lookup` takes at most 3 arguments, but 4 are given"),
        ("core::uper(\"a\")", "there is no function `core::uper`"),
    ] {
        assert_eq!(local(value), [format!("2: {message}")], "{value}");
        assert_eq!(local_in_json(value), [format!("2: {message}")], "{value}");
    }
    for value in [
        "upper([\"a\"]...)",
        "lookup({}, \"a\", 1)",
        // What is wrong there is dropped, or never come to.
        "try(upper(\"a\", \"b\"), 1)",
        "can(nosuch(1))",
        "var.v ? upper(\"a\", \"b\") : \"a\"",
        "[for x in var.v : nosuch(x)]",
        "provider::acme::anything(1, 2)",
    ] {
        assert_eq!(local(value), NOTHING, "{value}");
        assert_eq!(local_in_json(value), NOTHING, "{value}");
    }
}

#[test]
fn branches_of_no_common_type() {
    let refused = |first: &str, second: &str| {
        [format!("2: the branches of this condition have no type in common: the first is {first}, the second {second}")]
    };
    for (value, first, second) in [
        ("var.v ? \"a\" : [\"b\"]", "a string, number or bool", "a list"),
        ("var.v ? [] : {}", "a list", "a map"),
        ("var.v ? ({ a = 1 }) : 1", "a map", "a string, number or bool"),
    ] {
        assert_eq!(local(value), refused(first, second), "{value}");
        assert_eq!(local_in_json(value), refused(first, second), "{value}");
    }
    for value in ["var.v ? \"a\" : 1", "var.v ? [] : null", "var.v ? var.v : {}", "var.v ? [1] : toset([])", "try(var.v ? 1 : [], 1)"] {
        assert_eq!(local(value), NOTHING, "{value}");
        assert_eq!(local_in_json(value), NOTHING, "{value}");
    }
}

#[test]
fn names_in_json_that_are_not_there() {
    let resource = |block: &str| {
        let text = format!("{{\"resource\": {{\"aws_x\": {{\"y\": {{\n\"block\": [{block}]}}}}}}}}\n");
        resolve_files(&[("main.tf.json", text.as_str())]).problems()
    };
    let undeclared = ["2: `aws_x.lost` is not declared in this module"];
    assert_eq!(resource("{\"n\": \"${aws_x.lost.id}\"}"), undeclared);
    assert_eq!(resource("{\"n\": \"$${aws_x.lost.id}\"}"), NOTHING);
    let dynamic = |name: &str| {
        resource(&format!(
            "{{\"dynamic\": {{\"sub\": {{\"for_each\": [1], \"iterator\": \"it\", \"content\": {{\"n\": \"${{{name}}}\"}}}}}}}}"
        ))
    };
    assert_eq!(dynamic("aws_x.lost.id"), undeclared);
    assert_eq!(dynamic("it.value"), NOTHING);
}

#[test]
fn a_module_that_a_distant_terragrunt_file_names() {
    let text = "output \"o\" { value = [var.region, local.l] }\n";
    let with = |hcl: (&str, &str)| {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join(".git")).unwrap();
        for (path, text) in [hcl, ("modules/x/main.tf", text)] {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        super::resolve_dir(&dir.path().join("modules/x"), crate::options::ResolveOptions::default()).problems().len()
    };
    assert_eq!(with(("live/a/terragrunt.hcl", "terraform {\n  source = \"../../modules//x?ref=v1\"\n}\n")), 0);
    assert_eq!(with(("live/_common/x.hcl", "terraform {\n  source = \"${local.base}/x\"\n}\n")), 0);
    assert_eq!(with(("live/a/terragrunt.hcl", "terraform {\n  source = \"../../modules//xy\"\n}\n")), 2);
    assert_eq!(with(("modules/x/a.tftest.hcl", "run \"a\" {\n  module { source = \"../x\" }\n}\n")), 2);
}

#[test]
fn an_iterator_in_the_labels_of_its_block() {
    let labels = |names: &str| {
        root(&format!(
            "resource \"x\" \"y\" {{\n  dynamic \"s\" {{\n    for_each = {{}}\n    labels = [{names}]\n    content {{}}\n  }}\n}}\n"
        ))
    };
    assert_eq!(labels("s.key"), NOTHING);
    assert_eq!(labels("t.key"), ["4: `t.key` is not declared in this module"]);
}

/// Each folder with Terraform files below `testdata/correct` is a configuration that `terraform` or `tofu` takes.
#[test]
fn correct_configurations() {
    let top = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/correct");
    let (mut waiting, mut roots) = (vec![top], 0);
    while let Some(folder) = waiting.pop() {
        let entries: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        if entries.iter().any(|path| path.file_name().unwrap().to_str().is_some_and(crate::terraform::is_configuration)) {
            roots += 1;
            assert_eq!(super::resolve_dir(&folder, crate::options::ResolveOptions::default()).problems(), NOTHING, "{}", folder.display());
        }
        waiting.extend(entries.into_iter().filter(|path| path.is_dir()));
    }
    assert!(roots >= 50, "{roots} configurations");
}
