use super::resolve_files;

/// Work must grow with the number of instances, not with its square: instances are found by key, and nothing is evaluated
/// once per pair.
#[test]
fn nested_for_each_over_many_instances() {
    let r = resolve_files(&[
        (
            "main.tf",
            "locals {\n  outer = { for i in range(20) : \"o${i}\" => { for j in range(10) : \"m${j}\" => range(3) } }\n}\nmodule \"outer\" {\n  source = \"./outer\"\n  for_each = local.outer\n  name = each.key\n  inner = each.value\n}\n",
        ),
        (
            "outer/main.tf",
            "variable \"name\" {}\nvariable \"inner\" {}\nmodule \"inner\" {\n  source = \"../inner\"\n  for_each = var.inner\n  name = \"${var.name}-${each.key}\"\n  list = each.value\n}\n",
        ),
        (
            "inner/main.tf",
            "variable \"name\" {}\nvariable \"list\" {}\nresource \"aws_f\" \"f\" {\n  for_each = toset([for n in var.list : tostring(n)])\n  name = \"${var.name}-${each.key}\"\n}\nresource \"aws_p\" \"p\" {\n  for_each = aws_f.f\n  f = each.value.arn\n  name = aws_f.f[each.key].name\n}\n",
        ),
    ]);
    assert_eq!(r.unit.resources.len(), 20 * 10 * 3 * 2);
    assert_eq!(r.text("module.outer[\"o7\"].module.inner[\"m3\"].aws_p.p[\"2\"]", "name"), "o7-m3-2");
    assert_eq!(r.problems(), Vec::<String>::new());
}
