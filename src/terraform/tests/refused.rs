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
