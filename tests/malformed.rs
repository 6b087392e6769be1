//! Bad input: each kind with the message that it gets, beside a good file whose finding must survive it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use iacscan::report::{self, Format, ReportOptions};
use iacscan::rules;
use iacscan::scan::{self, Languages, Progress, ScanOptions};
use iacscan::unit::Unit;
use iacscan::workspace::Workspace;
use iacscan::world::World;

/// The finding of `testdata/malformed/good`, up to its words.
const GOOD: &str = "good/template.yaml:12:3: error[vpc-eni-permission]";

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/malformed")
}

/// The concise report on `paths` and the good template, one line a finding, with paths relative to `dir`; the good finding is
/// checked and left out. Then the files that were passed over.
fn scanned(dir: &Path, names: &[&str], options: &ScanOptions) -> (Vec<String>, Vec<String>) {
    let mut paths: Vec<PathBuf> = names.iter().map(|name| dir.join(name)).collect();
    paths.push(testdata().join("good"));
    let scanned = scan::scan(&paths, Path::new("/nowhere"), options, &Progress::default()).expect("a scan");
    let mut out = Vec::new();
    report::write(Format::Concise, &scanned.report, &scanned.workspace.sources, &ReportOptions::default(), &mut out).expect("a report");
    let short = |text: &str| text.replace(&format!("{}/", dir.display()), "").replace(&format!("{}/", testdata().display()), "");
    let lines = String::from_utf8(out).expect("UTF-8");
    let (good, found): (Vec<String>, Vec<String>) = lines.lines().map(short).partition(|line| line.starts_with(GOOD));
    assert_eq!(good.len(), 1, "the good template's finding is lost: {lines}");
    let passed_over = scanned.passed_over.iter().map(|p| short(&format!("{}: {}", p.path.display(), p.reason))).collect();
    (found, passed_over)
}

fn all_rules() -> ScanOptions {
    ScanOptions { rules: rules::all().iter().collect(), ..ScanOptions::default() }
}

fn findings(name: &str) -> Vec<String> {
    scanned(&testdata(), &[name], &all_rules()).0
}

/// A folder of `testdata/malformed` and all that is said of it.
macro_rules! said {
    ($($test:ident: $folder:literal => [$($line:literal),* $(,)?];)*) => {$(
        #[test]
        fn $test() {
            let expected: &[&str] = &[$($line),*];
            assert_eq!(findings($folder), expected);
        }
    )*};
}

said! {
    text_that_is_not_utf8: "not-utf8" => [
        "not-utf8/template.yaml:1:1: error[syntax-error] not-utf8/template.yaml is not UTF-8 text (first invalid byte at offset 5, line 1)",
    ];
    utf16_of_windows_tools: "utf16" => [
        "utf16/template.yaml:1:1: error[syntax-error] utf16/template.yaml is not UTF-8 text (first invalid byte at offset 0, line 1)",
    ];
    terraform_that_is_not_utf8: "not-utf8-terraform" => [
        "not-utf8-terraform/main.tf:1:1: error[syntax-error] not-utf8-terraform/main.tf is not UTF-8 text (first invalid byte at offset 29, line 1)",
    ];
    places_after_a_byte_order_mark: "bom-terraform" => [
        "bom-terraform/main.tf:1:31: error[syntax-error] invalid block body; expected `}`, newline or identifier",
    ];
    empty_files: "empty" => [];
    several_documents: "documents" => [
        "documents/template.yaml:4:1: error[syntax-error] a template is one YAML document: a second one starts here",
    ];
    template_without_resources: "no-resources" => ["no-resources/nothing.yaml:1:1: error[syntax-error] the template has no `Resources`"];
    resources_without_a_value: "null-resources" => ["null-resources/template.yaml:2:1: error[syntax-error] `Resources` is empty"];
    files_of_other_tools: "not-ours" => [];
    duplicate_keys: "duplicate-keys" => [
        "duplicate-keys/main.tf:3:3: error[syntax-error] attribute `name` is set twice in one block",
        "duplicate-keys/template.json:1:53: note[syntax-error] the key `Type` stands here twice: the last one counts",
        "duplicate-keys/template.yaml:4:3: note[syntax-error] the key `Queue` stands here twice: the last one counts",
    ];
    cyclic_locals: "cycles/locals" => ["cycles/locals/main.tf:2:7: error[syntax-error] `local.a` depends on itself"];
    cyclic_modules: "cycles/modules" => ["cycles/modules/b/main.tf:2:12: error[syntax-error] module `module.b.module.a` calls itself"];
    module_that_calls_itself: "cycles/self" => ["cycles/self/main.tf:2:12: error[syntax-error] module `module.again` calls itself"];
    cyclic_stacks: "cycles/stacks" => ["cycles/stacks/b.yaml:4:31: error[syntax-error] the template `./a.yaml` nests itself"];
    cyclic_conditions: "cycles/parameters" => ["cycles/parameters/template.yaml:2:6: error[syntax-error] the condition `A` depends on itself"];
    rain_modules: "rain-module" => [];
    parts_of_templates: "parts" => [
        "parts/slip.yaml:5:33: error[syntax-error] `Queu` is neither a parameter nor a resource of this template",
        "parts/whole.yaml:6:23: error[syntax-error] `Stage` is neither a parameter nor a resource of this template",
    ];
    malformed_loops: "for-each" => [
        "for-each/template.yaml:3:3: error[syntax-error] `Fn::ForEach::NoList` wants a list: an identifier, a collection and a map of what to make",
        "for-each/template.yaml:4:3: error[syntax-error] `Fn::ForEach::Short` wants a list: an identifier, a collection and a map of what to make",
        "for-each/template.yaml:5:33: error[syntax-error] the collection of `Fn::ForEach::NullList` must be a list",
    ];
    null_parameters_and_resources: "null-parameters" => [
        "null-parameters/template.yaml:2:3: warning[syntax-error] parameter `A` has no definition",
        "null-parameters/template.yaml:9:3: error[syntax-error] resource `Null` is empty",
        "null-parameters/template.yaml:10:3: error[syntax-error] resource `Text` must be a map",
        "null-parameters/template.yaml:11:3: error[syntax-error] resource `List` must be a map",
        "null-parameters/template.yaml:12:3: error[syntax-error] resource `NoType` has no `Type`",
        "null-parameters/template.yaml:13:20: error[syntax-error] the `Type` of resource `NullType` must be a text",
        "null-parameters/template.yaml:14:43: warning[syntax-error] `Properties` of resource `NullProperties` is empty",
        "null-parameters/template.yaml:15:87: error[syntax-error] `D` is neither a parameter nor a resource of this template",
    ];
    wrong_syntax: "syntax" => [
        "syntax/jinja.yaml:1:1: note[syntax-error] syntax/jinja.yaml is filled in by another tool before it is a template; it was not checked",
        "syntax/tabs.yaml:2:1: error[syntax-error] a tab where YAML wants spaces",
        "syntax/template.json:1:51: error[syntax-error] a comma after the last entry",
        "syntax/template.yaml:4:18: error[syntax-error] expected `,` or `]` in the list that starts on line 4",
        "syntax/terraform/main.tf:2:3: error[syntax-error] invalid block body; expected `}`, newline or identifier",
        "syntax/terraform/other.tf.json:1:51: error[syntax-error] a comma after the last entry",
    ];
    alias_bomb: "alias-bomb" => ["alias-bomb/template.yaml:10:18: error[syntax-error] the aliases of this file stand for more than 250000 values"];
}

#[test]
fn a_byte_order_mark_hides_nothing() {
    let found = findings("bom");
    assert!(matches!(found.as_slice(), [line] if line.starts_with("bom/template.yaml:12:3: error[vpc-eni-permission]")), "{found:?}");
}

#[test]
fn what_is_passed_over_is_known() {
    let (_, passed_over) = scanned(&testdata(), &["not-ours", "empty", "documents"], &all_rules());
    assert_eq!(
        passed_over,
        [
            "documents/manifest.yaml: holds no template",
            "empty/comment.yaml: holds no template",
            "empty/template.json: holds no template",
            "empty/template.yaml: holds no template",
            "not-ours/data.json: holds no template",
            "not-ours/helm.yaml: does not parse, and does not look like a template",
            "not-ours/kubernetes.yaml: holds no template",
            "not-ours/serverless.yml: holds no template",
        ]
    );
}

#[test]
fn a_broken_block_does_not_hide_its_file() {
    let scanned =
        scan::resolve(&[testdata().join("syntax/terraform")], Path::new("/nowhere"), &all_rules(), &Progress::default()).expect("units");
    let addresses: Vec<&str> = scanned.units[0].resources.iter().map(|r| r.address.as_str()).collect();
    // The queue of the JSON file is clear in spite of a comma too many.
    assert_eq!(addresses, ["aws_sqs_queue.whole", "aws_sqs_queue.q"]);
}

/// What is said of a generated file beside the good one.
fn generated(name: &str, text: &str) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join(name), text).expect("a file");
    let started = Instant::now();
    let found = scanned(dir.path(), &["."], &all_rules()).0;
    assert!(started.elapsed() < Duration::from_secs(20), "{name} took {:?}", started.elapsed());
    found
}

const DEEP: usize = 10_000;

#[test]
fn yaml_nested_10000_deep() {
    let deep = |open: &str, close: &str| {
        format!("Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Metadata: {}{}\n", open.repeat(DEEP), close.repeat(DEEP))
    };
    assert_eq!(generated("t.yaml", &deep("[", "]")), ["t.yaml:4:268: error[syntax-error] nested more than 256 levels deep"]);
    assert_eq!(generated("t.yaml", &deep("{a: ", "}")), ["t.yaml:4:1027: error[syntax-error] nested more than 256 levels deep"]);
}

#[test]
fn yaml_indented_3000_deep() {
    // Deeper ones are larger than a template can be: the indentation alone has n² / 2 bytes.
    let lines: String = (0..3000).map(|depth| format!("{}a:\n", " ".repeat(depth + 6))).collect();
    let found = generated("t.yaml", &format!("Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Metadata:\n{lines}"));
    assert_eq!(found, ["t.yaml:258:260: error[syntax-error] nested more than 256 levels deep"]);
}

#[test]
fn json_nested_10000_deep() {
    let text =
        format!("{{\"Resources\": {{\"Q\": {{\"Type\": \"AWS::SQS::Queue\", \"Metadata\": {}{}}}}}}}", "[".repeat(DEEP), "]".repeat(DEEP));
    assert_eq!(generated("t.json", &text), ["t.json:1:314: error[syntax-error] nested more than 256 levels deep"]);
}

/// The limit of the parser of Terraform's language.
const HCL_TOO_DEEP: &str =
    "error[syntax-error] nested more than 64 levels deep: Terraform reads that, iacscan does not; this block was left out";

#[test]
fn terraform_nested_10000_deep() {
    for (open, close, column) in
        [("[", "]", 74), ("(", ")", 74), ("{a=", "}", 200), ("-", "", 74), ("!", "", 74), ("f(", ")", 138), ("\"${", "}\"", 202)]
    {
        let text = format!("resource \"aws_sqs_queue\" \"q\" {{\n  name = {}1{}\n}}\n", open.repeat(DEEP), close.repeat(DEEP));
        assert_eq!(generated("main.tf", &text), [format!("main.tf:2:{column}: {HCL_TOO_DEEP}")], "{open}");
    }
    let blocks = format!("{}{}", "a {\n".repeat(DEEP), "}\n".repeat(DEEP));
    assert_eq!(generated("main.tf", &blocks), [format!("main.tf:65:3: {HCL_TOO_DEEP}")]);
}

#[test]
fn long_chains_end() {
    let queue = |name: &str| format!("resource \"aws_sqs_queue\" \"q\" {{\n  name = {name}\n}}\n");
    for link in [" + 1", " == 1", ".a", "[0]", "[*]", " ? 1 : 1"] {
        generated("main.tf", &queue(&format!("x{}", link.repeat(DEEP))));
    }
    let locals: String = (0..DEEP).map(|n| format!("  l{n} = local.l{}\n", n + 1)).collect();
    generated("main.tf", &format!("locals {{\n{locals}  l{DEEP} = 1\n}}\n{}", queue("local.l0")));
    let conditions: String = (0..DEEP).map(|n| format!("  C{n}: !Not [!Condition C{}]\n", n + 1)).collect();
    let template =
        format!("Conditions:\n{conditions}  C{DEEP}: !Equals [a, a]\nResources:\n  Q: {{Type: AWS::SQS::Queue, Condition: C0}}\n");
    generated("t.yaml", &template);
    let sam = format!("Transform: AWS::Serverless-2016-10-31\n{template}");
    generated("t.yaml", &sam);
    let resources: String = (0..DEEP)
        .map(|n| format!("  Q{n}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: !GetAtt Q{}.QueueName}}}}\n", n + 1))
        .collect();
    generated("t.yaml", &format!("Resources:\n{resources}  Q{DEEP}: {{Type: AWS::SQS::Queue}}\n"));
}

#[test]
fn json_of_50_megabytes_that_is_no_template() {
    let row = "{\"name\": \"Resources\", \"type\": \"data\", \"values\": [1, 2, 3, 4, 5, 6, 7, 8, 9]},\n";
    let text = format!("[{}null]", row.repeat(50 * 1024 * 1024 / row.len()));
    assert_eq!(generated("data.json", &text), [] as [&str; 0]);
}

#[cfg(unix)]
#[test]
fn links_pipes_and_odd_names() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name);
    fs::create_dir_all(path("folder.tf/inner.yaml")).expect("folders");
    fs::write(path("main.tf"), "resource \"aws_sqs_queue\" \"q\" {}\n").expect("a file");
    symlink(dir.path(), path("loop")).expect("a link");
    symlink("itself.yaml", path("itself.yaml")).expect("a link");
    symlink("gone", path("gone.yaml")).expect("a link");
    assert!(std::process::Command::new("mkfifo").arg(path("pipe.yaml")).status().is_ok_and(|s| s.success()));
    assert_eq!(scanned(dir.path(), &["."], &all_rules()).0, [] as [&str; 0]);
    // Given by name, a pipe is not waited for.
    assert_eq!(scanned(dir.path(), &["pipe.yaml"], &all_rules()).0.len(), 1);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name);
    fs::create_dir_all(path("closed")).expect("a folder");
    fs::write(path("closed/main.tf"), "").expect("a file");
    fs::write(path("secret.yaml"), "").expect("a file");
    fs::write(path("secret.tf"), "").expect("a file");
    for name in ["closed", "secret.yaml", "secret.tf"] {
        fs::set_permissions(path(name), fs::Permissions::from_mode(0o0)).expect("permissions");
    }
    // Whoever is root reads everything.
    if fs::read(path("secret.tf")).is_ok() {
        return;
    }
    let found = scanned(dir.path(), &["."], &all_rules()).0;
    fs::set_permissions(path("closed"), fs::Permissions::from_mode(0o700)).expect("permissions");
    assert_eq!(
        found,
        [
            "closed:1:1: warning[syntax-error] cannot read closed: Permission denied (os error 13); nothing in it was checked",
            "secret.tf:1:1: error[syntax-error] cannot read secret.tf: Permission denied (os error 13)",
            "secret.yaml:1:1: warning[syntax-error] cannot read secret.yaml: Permission denied (os error 13); whether it is a template cannot be told",
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_a_terraform_file_that_cannot_be_read() {
    let dir = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink("gone", dir.path().join("gone.tf")).expect("a link");
    let found = scanned(dir.path(), &["."], &all_rules()).0;
    assert_eq!(found, ["gone.tf:1:1: error[syntax-error] cannot read gone.tf: No such file or directory (os error 2)"]);
}

/// A resolver with a mistake of its own.
fn fails(_: &Path, _: &Workspace, _: &World) -> Unit {
    panic!("index out of bounds")
}

#[test]
fn a_mistake_of_ours_stays_in_its_unit() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("main.tf"), "").expect("a file");
    let options = ScanOptions { languages: Languages { module: fails, ..Languages::default() }, ..all_rules() };
    let found = scanned(dir.path(), &["."], &options).0;
    assert_eq!(found.len(), 1);
    assert!(
        found[0].ends_with("error[syntax-error] internal error of iacscan: index out of bounds; this unit was not checked"),
        "{found:?}"
    );
}

#[test]
fn a_scan_with_a_mistake_of_ours_counts_as_not_done() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("main.tf"), "").expect("a file");
    let panics = |languages: Languages| {
        let options = ScanOptions { languages, ..all_rules() };
        scan::scan(&[dir.path().to_owned()], Path::new("/nowhere"), &options, &Progress::default()).expect("a scan").report.panics
    };
    assert_eq!(panics(Languages { module: fails, ..Languages::default() }), 1);
    assert_eq!(panics(Languages::default()), 0);
}

#[test]
fn a_broken_samconfig_is_told_as_sam_deploy_would() {
    let dir = tempfile::tempdir().expect("a folder");
    let template = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Q: {Type: AWS::SQS::Queue}\n";
    fs::write(dir.path().join("template.yaml"), template).expect("a template");
    fs::write(dir.path().join("samconfig.toml"), "version = 0.1\n[default]\nx = \n").expect("a file");
    let found = scanned(dir.path(), &["."], &all_rules()).0;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("samconfig.toml:3:5: error[syntax-error] "), "{found:?}");
    // No SAM template, nobody reads the file.
    fs::write(dir.path().join("template.yaml"), template.replace("Transform: AWS::Serverless-2016-10-31\n", "")).expect("a template");
    assert_eq!(scanned(dir.path(), &["."], &all_rules()).0, Vec::<String>::new());
}

/// The checks that are undecided in a folder of `testdata/malformed`: the rule, the address and the reason.
fn undecided(name: &str) -> Vec<String> {
    let scanned = scan::scan(&[testdata().join(name)], Path::new("/nowhere"), &all_rules(), &Progress::default()).expect("a scan");
    let checks = scanned.report.units.iter().flat_map(|unit| &unit.undecided);
    checks.map(|u| format!("{} {}: {}", u.check.rule, u.check.address, u.check.reason)).collect()
}

#[test]
fn what_is_not_whole_is_told_once_for_each_source() {
    assert_eq!(
        undecided("parts"),
        [
            "unseen-source function.yaml: the file takes `Environment`, `IsDev`, `Api` and 1 more from elsewhere: a part that a build puts \
             together with others? What those add is not known",
            "unseen-source org-formation: org-formation works on this template first: what it makes and what its names stand for is not known",
            "unseen-source parent.yaml: the file declares no resources: a part that a build puts together with others?",
        ]
    );
    assert_eq!(
        undecided("rain-module"),
        ["unseen-source Network: resource `Network` is the module `./network.yaml` of rain: what it makes is not seen before `rain pkg`"]
    );
}
