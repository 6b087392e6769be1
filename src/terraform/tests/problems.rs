use super::{main_tf, resolve_files};
use crate::unit::Absent;
use crate::value::{Kind, Reason, Value};

fn reason(value: &Value) -> (Reason, String) {
    match &value.kind {
        Kind::Unknown(unknown) => (unknown.reason, unknown.message.to_string()),
        other => panic!("{other:?} is known"),
    }
}

#[test]
fn cyclic_locals_are_one_problem() {
    let r = main_tf(
        "locals {\n  a = local.b\n  b = local.c\n  c = local.a\n  d = 1\n}\nresource \"x\" \"y\" {\n  a = local.a\n  b = local.b\n  d = local.d\n}\n",
    );
    assert_eq!(r.problems(), ["2: `local.a` depends on itself"]);
    assert_eq!(reason(&r.value("x.y", "a")).0, Reason::Cycle);
    assert_eq!(r.shown("x.y", "d"), "1");
}

#[test]
fn a_resource_that_refers_to_its_own_attribute() {
    let r = main_tf("resource \"aws_x\" \"y\" {\n  a = aws_x.y.a\n  b = aws_x.y.arn\n}\n");
    assert_eq!(r.problems(), ["1: `aws_x.y.a` depends on itself"]);
    assert_eq!(r.target("aws_x.y", "b"), "aws_x.y:arn");
}

#[test]
fn instances_that_depend_on_themselves() {
    let r = main_tf("resource \"x\" \"a\" {\n  count = length(x.b)\n}\nresource \"x\" \"b\" {\n  count = length(x.a)\n}\n");
    assert_eq!(r.problems(), ["1: `x.a` depends on itself"]);
}

#[test]
fn a_module_that_calls_itself() {
    let r = resolve_files(&[
        ("main.tf", "module \"m\" {\n  source = \"./m\"\n}\n"),
        ("m/main.tf", "resource \"x\" \"y\" {}\nmodule \"again\" {\n  source = \"../m\"\n}\n"),
    ]);
    assert_eq!(r.problems(), ["3: module `module.m.module.again` calls itself"]);
    assert_eq!(r.unit.opaque.len(), 1);
    assert_eq!(r.resource("module.m.x.y").kind, "x");
}

#[test]
fn a_module_directory_that_is_not_there() {
    let r = main_tf("module \"m\" {\n  source = \"./gone\"\n  arn = \"a\"\n}\nresource \"x\" \"y\" {\n  a = module.m.out\n}\n");
    assert_eq!(r.problems(), ["2: the module directory `./gone` does not exist"]);
    assert_eq!(reason(&r.value("x.y", "a")), (Reason::OpaqueModule, "the source of module `m` (`./gone`) is not there".to_owned()));
}

#[test]
fn a_module_directory_that_something_else_makes() {
    let call = |source: &str| format!("module \"m\" {{\n  source = \"{source}\"\n}}\n");
    let submodules = "[submodule \"x\"]\n\tpath = shared/modules\n\turl = https://example.com/x.git\n";
    let absent = |source: &str| {
        let r = resolve_files(&[("main.tf", &call(source)), (".gitmodules", submodules), (".gitignore", "/fetched\n!/kept\n")]);
        (r.problems().len(), r.unit.opaque[0].absent.clone())
    };
    assert_eq!(absent("./shared/modules/sqs"), (0, Some(Absent::Submodule("shared/modules".into()))));
    assert_eq!(absent("./fetched/sqs"), (0, Some(Absent::Built)));
    assert_eq!(absent("./dist/modules/sqs"), (0, Some(Absent::Built)));
    for source in ["./shared/other", "./shared/modules-old", "./kept", "./modules/sqs"] {
        assert_eq!(absent(source), (1, None), "{source}");
    }
}

#[test]
fn a_template_file_that_is_not_there() {
    let r = main_tf(
        "resource \"x\" \"y\" {\n  a = templatefile(\"${path.module}/gone.json\", {})\n  b = try(templatefile(\"gone\", {}), \"kept\")\n}\n",
    );
    assert_eq!(reason(&r.value("x.y", "a")), (Reason::File, "the template file `./gone.json` cannot be read".to_owned()));
}

#[test]
fn a_broken_template_file() {
    let r = resolve_files(&[("main.tf", "resource \"x\" \"y\" {\n  a = templatefile(\"t\", {})\n}\n"), ("t", "line\n%{ if }\n")]);
    assert_eq!(r.problems().len(), 1);
    assert!(r.problems()[0].starts_with("2: invalid expression"), "{:?}", r.problems());
    assert_eq!(reason(&r.value("x.y", "a")).0, Reason::Error);
}

#[test]
fn a_template_without_its_variable() {
    let r = resolve_files(&[("main.tf", "resource \"x\" \"y\" {\n  a = templatefile(\"t\", { b = 1 })\n}\n"), ("t", "${b}-${c}")]);
    assert_eq!(r.shown("x.y", "a"), "1-${c}");
}

#[test]
fn one_broken_block() {
    let r = main_tf("resource \"x\" \"bad\" {\n  a = [1, 2\n}\n\nresource \"x\" \"good\" {\n  a = 1\n}\n");
    assert_eq!(r.problems().len(), 1);
    assert!(r.problems()[0].starts_with("3: "), "{:?}", r.problems());
    assert_eq!(r.shown("x.good", "a"), "1");
}

#[test]
fn a_duplicate_attribute() {
    let r = main_tf("resource \"x\" \"y\" {\n  a = 1\n  a = 2\n}\n");
    assert_eq!(r.problems(), ["3: attribute `a` is set twice in one block"]);
    assert_eq!(r.shown("x.y", "a"), "1");
}

#[test]
fn duplicate_blocks() {
    let r = main_tf(
        "variable \"v\" {}\nvariable \"v\" {}\nresource \"x\" \"y\" {}\nresource \"x\" \"y\" {}\nlocals { a = 1 }\nlocals { a = 2 }\n",
    );
    assert_eq!(
        r.problems(),
        [
            "2: variable `v` is declared twice in this module",
            "4: `x.y` is declared twice in this module",
            "6: local value `a` is defined twice"
        ]
    );
}

#[test]
fn undeclared_names() {
    let r = main_tf(
        "resource \"x\" \"y\" {\n  a = aws_gone.z.arn\n  b = var.gone\n  c = local.gone\n  d = module.gone.x\n  e = gone\n  f = [aws_gone.z.arn, 1]\n  g = data.aws_gone.z.id\n}\n",
    );
    for (attribute, message) in [
        ("a", "`aws_gone.z` is not declared"),
        ("b", "`var.gone` is not declared"),
        ("c", "`local.gone` is not declared"),
        ("d", "`module.gone` is not declared"),
        ("e", "`gone` is not declared"),
        ("f.0", "`aws_gone.z` is not declared"),
        ("g", "`data.aws_gone.z` is not declared"),
    ] {
        assert_eq!(reason(&r.value("x.y", attribute)), (Reason::Error, message.to_owned()), "{attribute}");
    }
    assert_eq!(r.shown("x.y", "f.1"), "1");
}

#[test]
fn a_value_that_does_not_fit_its_type() {
    let r = main_tf("variable \"n\" {\n  type = number\n  default = \"many\"\n}\nresource \"x\" \"y\" {\n  a = var.n\n}\n");
    assert_eq!(r.problems(), ["3: the value of variable `n` does not fit its type: a number is required, but this is the string \"many\""]);
    assert_eq!(reason(&r.value("x.y", "a")).0, Reason::Error);
}

#[test]
fn an_argument_without_a_variable() {
    let r = resolve_files(&[
        ("main.tf", "module \"m\" {\n  source = \"./m\"\n  nmae = 1\n}\n"),
        ("m/main.tf", "variable \"name\" { default = 1 }\n"),
    ]);
    assert_eq!(r.problems(), ["3: module `m` has no variable `nmae`"]);
}

#[test]
fn wrong_operands() {
    let r = main_tf(
        "resource \"x\" \"y\" {\n  a = 1 + \"a\"\n  b = !5\n  c = 0 / 0\n  d = \"${[1]}-x\"\n  e = \"${null}x\"\n  f = [1][3]\n  g = {}.a\n  h = nosuch(1)\n}\n",
    );
    for (attribute, message) in [
        ("a", "`+` needs numbers"),
        ("b", "`!` needs a bool"),
        ("c", "zero divided by zero"),
        ("f", "there is no element [3]"),
        ("g", "there is no attribute `a`"),
        ("h", "there is no function named `nosuch`"),
    ] {
        assert_eq!(reason(&r.value("x.y", attribute)), (Reason::Error, message.to_owned()), "{attribute}");
    }
    assert!(r.value("x.y", "d").first_unknown().unwrap().message().contains("a list or map cannot be put into a string"));
    assert!(r.value("x.y", "e").first_unknown().unwrap().message().contains("null cannot be put into a string"));
}

#[test]
fn a_long_chain_of_locals_ends_at_the_limit() {
    let mut text = String::from("locals {\n  a0 = 1\n");
    for i in 1..10_000 {
        text.push_str(&format!("  a{i} = local.a{}\n", i - 1));
    }
    text.push_str("}\nresource \"x\" \"y\" {\n  deep = local.a9999\n  near = local.a500\n}\n");
    let r = main_tf(&text);
    assert_eq!(reason(&r.value("x.y", "deep")), (Reason::Limit, "evaluation goes deeper than 4000 levels".to_owned()));
    assert_eq!(r.shown("x.y", "near"), "1");
}

#[test]
fn values_that_double_end_at_the_limit() {
    let mut text = String::from("locals {\n  l0 = [1]\n  s0 = \"x\"\n");
    for i in 1..60 {
        text.push_str(&format!("  l{i} = [local.l{0}, local.l{0}]\n  s{i} = \"${{local.s{0}}}${{local.s{0}}}\"\n", i - 1));
    }
    text.push_str("}\nresource \"x\" \"y\" {\n  l = jsonencode(local.l59)\n  s = local.s59\n  small = length(local.s8)\n}\n");
    let r = main_tf(&text);
    let message = "a value larger than 16 MiB is not followed";
    assert!(r.value("x.y", "l").first_unknown().unwrap().message().contains(message));
    assert!(r.value("x.y", "s").first_unknown().unwrap().message().contains(message));
    assert_eq!(r.shown("x.y", "small"), "256");
}

#[test]
fn broken_json() {
    let r = resolve_files(&[("a.tf.json", "{ \"resource\": [ }"), ("b.tf", "resource \"x\" \"y\" {}\n")]);
    assert_eq!(r.problems().len(), 1);
    assert_eq!(r.unit.resources.len(), 1);
}

#[test]
fn ignored_and_hidden_files() {
    let r = resolve_files(&[
        ("a.tf", "resource \"x\" \"tf\" {}\n"),
        ("a.tofu", "resource \"x\" \"tofu\" {}\n"),
        (".hidden.tf", "resource \"x\" \"hidden\" {}\n"),
        ("backup.tf~", "resource \"x\" \"backup\" {}\n"),
        ("#auto.tf#", "resource \"x\" \"auto\" {}\n"),
        ("t.tftest.hcl", "run \"x\" {}\n"),
        ("sub/b.tf", "resource \"x\" \"sub\" {}\n"),
    ]);
    assert_eq!(r.unit.resources.iter().map(|r| r.address.as_str()).collect::<Vec<_>>(), ["x.tofu"]);
}
