use super::*;
use crate::value::{Guard, Kind, Reason};

/// What is told of each source that is not seen, in words of its own.
fn reasons(found: &Resolved) -> Vec<&str> {
    found.unit.opaque.iter().filter_map(|opaque| opaque.reason.as_deref()).collect()
}

#[test]
fn parts_of_a_template() {
    let part = "Resources:\n  A: {Type: AWS::X::Y, Condition: IsDev, DependsOn: Elsewhere, Properties: {V: !Ref Env, W: !GetAtt Api.Id, X: !Sub \
                '${Env}-${Api.Id}', Y: !FindInMap [Config, a, b]}}\n";
    let found = resolved(part, ResolveOptions::default());
    assert!(found.problems().is_empty(), "{:?}", found.problems());
    let expected = "the file takes `IsDev`, `Env`, `Api` and 2 more from elsewhere: a part that a build puts together with others? What \
                    those add is not known";
    assert_eq!(reasons(&found), [expected]);
    assert!(found.unit.opaque[0].arguments.is_null(), "it may add anything");
    assert_eq!(found.resource("A").presence, Guard::when("IsDev", true));
    assert_eq!(unknown(&found.v("A")).message, "`Env` is not in this file; another part of the template may have it");
    // An attribute is not the same as what `Ref` gives.
    let other = resolved("Resources:\n  A: {Type: AWS::X::Y, Properties: {V: !Ref Api, W: !GetAtt Api.Id}}\n", ResolveOptions::default());
    let attribute = other.resource("A").attribute("W").cloned().unwrap();
    assert_ne!(unknown(&other.v("A")).identity, unknown(&attribute).identity);
}

#[test]
fn parts_of_a_template_in_json() {
    let part = "{\"Resources\": {\"A\": {\"Type\": \"AWS::X::Y\", \"Properties\": {\"V\": {\"Ref\": \"Env\"}}}}}";
    let workspace = Workspace::default();
    workspace.sources.add("part.json", part);
    let unit = resolve(Path::new("part.json"), &workspace);
    assert!(unit.problems.is_empty(), "{:?}", unit.problems);
    assert_eq!((unit.opaque.len(), unit.opaque[0].address.as_str()), (1, "part.json"));
}

#[test]
fn whole_templates_name_what_they_have() {
    let resources = "Resources:\n  A: {Type: AWS::X::Y, Properties: {V: !Ref Env}}\n";
    let message = "`Env` is neither a parameter nor a resource of this template";
    for head in ["AWSTemplateFormatVersion: 2010-09-09", "Parameters: {Other: {Type: String}}", "Transform: AWS::LanguageExtensions"] {
        let found = resolved(&format!("{head}\n{resources}"), ResolveOptions::default());
        assert_eq!(found.problems(), [format!("3: error: {message}")], "{head}");
        assert!(found.unit.opaque.is_empty(), "{head}");
    }
    // A slip of the pen, in a file without a head.
    let slip = "Resources:\n  Queue: {Type: AWS::SQS::Queue}\n  A: {Type: AWS::X::Y, Properties: {V: !Ref Queu}}\n";
    let found = resolved(slip, ResolveOptions::default());
    assert_eq!(found.problems(), ["3: error: `Queu` is neither a parameter nor a resource of this template"]);
}

#[test]
fn the_part_that_has_no_resources() {
    let parent = "AWSTemplateFormatVersion: 2010-09-09\nTransform: AWS::Serverless-2016-10-31\nParameters: {Env: {Type: String}}\n\
                  Conditions: {IsProd: !Equals [!Ref Env, prod]}\n";
    let found = resolved(parent, ResolveOptions::default());
    assert!(found.problems().is_empty(), "{:?}", found.problems());
    assert_eq!(reasons(&found), ["the file declares no resources: a part that a build puts together with others?"]);
    let empty = resolved("AWSTemplateFormatVersion: 2010-09-09\nDescription: x\n", ResolveOptions::default());
    assert_eq!(empty.problems(), ["1: error: the template has no `Resources`"]);
    let null = resolved("AWSTemplateFormatVersion: 2010-09-09\nParameters: {E: {Type: String}}\nResources:\n", ResolveOptions::default());
    assert_eq!(null.problems(), ["3: error: `Resources` is empty"]);
}

#[test]
fn org_formation() {
    let member = "Resources:\n  M: {Type: AWS::X::Y, ForeachAccount: !Ref Members, Properties: {V: !Ref CurrentAccount, W: !GetAtt \
                  CurrentAccount.RootEmail, X: !Sub '${AWSAccount.Tags.a}'}}\n";
    let found = resolved(&format!("AWSTemplateFormatVersion: '2010-09-09-OC'\n{member}"), ResolveOptions::default());
    assert!(found.problems().is_empty(), "{:?}", found.problems());
    assert_eq!(found.unit.opaque.len(), 1);
    assert!(reasons(&found)[0].starts_with("org-formation works on this template first"));
    let plain = resolved(&format!("AWSTemplateFormatVersion: '2010-09-09'\n{member}"), ResolveOptions::default());
    assert_eq!(plain.problems().len(), 3, "{:?}", plain.problems());
}

#[test]
fn resources_in_modules() {
    let expressions =
        [("A", "!GetAtt PipeQueue.Arn"), ("B", "!GetAtt Pipe.Queue.Arn"), ("C", "!Ref PipeQueue"), ("D", "!Sub '${PipeQueue.Arn}'")];
    let module =
        "  Pipe: {Type: 'My::Org::Pipe::MODULE', Condition: C, Properties: {Name: x}}\n  E: {Type: AWS::X::Y, DependsOn: PipeQueue}\n";
    let resources: String =
        expressions.iter().map(|(name, v)| format!("  {name}: {{Type: 'AWS::X::Y', Properties: {{V: {v}}}}}\n")).collect();
    let head = "AWSTemplateFormatVersion: 2010-09-09\nParameters: {P: {Type: String, Default: x}}\nConditions: {C: !Equals [!Ref P, x]}\n";
    let found = resolved(&format!("{head}Resources:\n{module}{resources}"), ResolveOptions::default());
    assert!(found.problems().is_empty(), "{:?}", found.problems());
    assert_eq!(found.unit.opaque.len(), 1, "one line for the module");
    let value = found.v("A");
    assert_eq!((unknown(&value).reason, unknown(&value).shown.as_str()), (Reason::OpaqueModule, "PipeQueue.Arn"));
    assert_eq!(found.v("D").to_string(), value.to_string(), "the same value");
    assert_ne!(unknown(&found.v("C")).identity, unknown(&value).identity);
    // No module's name is the start of this one.
    let other = resolved(
        &format!("{head}Resources:\n{module}  F: {{Type: AWS::X::Y, Properties: {{V: !Ref PopeQueue}}}}\n"),
        ResolveOptions::default(),
    );
    assert_eq!(other.problems().len(), 1, "{:?}", other.problems());
}

#[test]
fn paths_that_count_from_a_build_folder() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let nesting = |path: &str| format!("Resources:\n  N: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {path}}}}}\n");
    let child = "Resources:\n  Q: {Type: AWS::SQS::Queue}\n";
    write("shared/dlq.yaml", child);
    write("service/shared/two.yaml", child);
    write("shared/two.yaml", child);
    write("dlq.yaml", child);
    let of = |path: &str| {
        write("service/template.yaml", &nesting(path));
        let workspace = Workspace::default();
        let unit = resolve(&folder.path().join("service/template.yaml"), &workspace);
        let mut told: Vec<String> = unit.problems.iter().map(|p| p.message.clone()).collect();
        told.extend(unit.opaque.iter().filter_map(|o| o.reason.as_deref().map(str::to_owned)));
        (unit.resources.iter().map(|r| r.address.to_string()).collect::<Vec<_>>().join(" "), told)
    };
    assert_eq!(of("../../shared/dlq.yaml"), ("N N.Q".to_owned(), vec![]), "the one file that fits");
    assert_eq!(of("../shared/dlq.yaml"), ("N N.Q".to_owned(), vec![]), "as it stands");
    for path in ["../../shared/two.yaml", "../../shared/none.yaml", "../../../dlq.yaml"] {
        let (addresses, told) = of(path);
        // As it stands, the first of them is `../shared/two.yaml` from a folder above: two files fit.
        assert_eq!(addresses, "N", "{path}");
        let expected =
            format!("the nested template `{path}` is not there: does the path count from the folder of a build? Nothing in it was checked");
        assert_eq!(told, [expected]);
    }
    let (_, told) = of("none/dlq.yaml");
    assert_eq!(told, ["the nested template `none/dlq.yaml` is not there"]);
}

#[test]
fn branches_that_are_not_taken() {
    let head = "Parameters: {Env: {Type: String, Default: dev}, Sub: {Type: String, Default: none}, L: {Type: CommaDelimitedList, Default: 'a'}}\n\
                Mappings: {Config: {dev: {Key: one}}}\nConditions: {UseSub: !Not [!Equals [!Ref Sub, none]]}\n";
    let lookup = "!If [UseSub, !FindInMap [Config, !Ref Sub, Key], !FindInMap [Config, !Ref Env, Key]]";
    let select = "!If [UseSub, !Select [3, !Ref L], !Select [0, !Ref L]]";
    let import = "!If [UseSub, !ImportValue {a: b}, x]";
    let expressions = [("A", lookup), ("B", select), ("C", import)];
    for transform in ["", "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\n", "Transform: AWS::LanguageExtensions\n"] {
        let found = values(&format!("{transform}{head}"), &expressions);
        assert!(found.problems().is_empty(), "{transform}: {:?}", found.problems());
        let of = |address: &str| found.v(address).to_string();
        assert_eq!((of("A"), of("B"), of("C")), ("one".to_owned(), "a".to_owned(), "x".to_owned()), "{transform}");
        // The branch that is taken is looked at.
        let taken = values(&format!("{transform}{head}"), &[("A", "!If [UseSub, x, !FindInMap [Config, !Ref Sub, Key]]")]);
        assert_eq!(taken.problems().len(), 1, "{transform}: {:?}", taken.problems());
    }
}

#[test]
fn loops_in_branches_that_are_not_taken() {
    let template = "Transform: AWS::LanguageExtensions\nParameters: {P: {Type: String, Default: x}}\nConditions: {C: !Equals [!Ref P, y]}\nResources:\n  \
                    A: {Type: AWS::X::Y, Properties: {V: !If [C, {'Fn::ForEach::L': [I, !FindInMap [None, a, b], {'K${I}': 1}]}, \
                    {'Fn::ForEach::M': [I, [a, b], {'K${I}': !Ref I}]}]}}\n";
    let found = resolved(template, ResolveOptions::default());
    assert!(found.problems().is_empty(), "{:?}", found.problems());
    assert_eq!(found.v("A").to_string(), "{Ka = a, Kb = b}");
}

#[test]
fn mistakes_under_a_condition() {
    let head = "Parameters: {P: {Type: String}}\nMappings: {M: {a: {b: c}}}\nConditions: {C: !Equals [!Ref P, x]}\n";
    let found = values(head, &[("A", "!If [C, !FindInMap [M, z, b], y]"), ("B", "!FindInMap [M, z, b]")]);
    assert_eq!(found.problems(), ["6: warning: where P == \"x\", the mapping has no key `z`", "7: error: the mapping has no key `z`"]);
}

#[test]
fn conditions_that_do_not_go_together() {
    let head = "Parameters: {Env: {Type: String}}\nConditions: {IsProd: !Equals [!Ref Env, prod]}\n\
                Mappings: {ByAccount: {'1': {Q: a, Same: s}, '2': {Q: b, Same: s}}, ByEnv: {dev: {Q: a}, prod: {Q: b}}}\n";
    let account = "!FindInMap [ByAccount, !Ref AWS::AccountId, Q]";
    let choices = |text: &str| {
        let found = values(head, &[("A", text)]);
        assert!(found.problems().is_empty(), "{:?}", found.problems());
        found.v("A")
    };
    assert!(matches!(choices(account).kind, Kind::Choice(_)), "any account");
    let under = choices(&format!("!If [IsProd, {account}, x]"));
    let Kind::Choice(branches) = &under.kind else { panic!("{under:?}") };
    assert_eq!(branches.len(), 2, "which account goes with which environment is not known: {under}");
    assert!(matches!(branches[0].1.kind, Kind::Unknown(_)));
    assert_eq!(choices("!If [IsProd, !FindInMap [ByAccount, !Ref AWS::AccountId, Same], s]").as_str(), Some("s"));
    // A condition on the key itself goes with the entry of that key alone.
    assert_eq!(choices("!If [IsProd, !FindInMap [ByEnv, !Ref Env, Q], b]").as_str(), Some("b"));
    let options = ResolveOptions { account_id: Some("2".into()), ..ResolveOptions::default() };
    assert_eq!(values_with(head, &[("A", account)], options).v("A").as_str(), Some("b"));
}

#[test]
fn lists_of_nothing() {
    for kind in ["CommaDelimitedList", "List<Number>", "List<AWS::EC2::Subnet::Id>", "List<String>"] {
        let head =
            format!("Parameters: {{L: {{Type: '{kind}', Default: ''}}}}\nConditions: {{Has: !Not [!Equals [!Select [0, !Ref L], '']]}}\n");
        let found = values(&head, &[("A", "!Ref L"), ("B", "!If [Has, y, n]"), ("C", "!Join ['', !Ref L]")]);
        assert!(found.problems().is_empty(), "{kind}: {:?}", found.problems());
        assert_eq!(found.v("A").as_list().map(|list| list.items.len()), Some(1), "{kind}");
        assert_eq!((found.v("B").as_str(), found.v("C").as_str()), (Some("n"), Some("")), "{kind}");
    }
    // What Systems Manager holds is not known, its list neither.
    let stored = "Parameters: {L: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /p}}\n";
    assert_eq!(unknown(&values(stored, &[("A", "!Select [0, !Ref L]")]).v("A")).reason, Reason::External);
}

#[test]
fn parameters_are_texts() {
    let head = "Transform: AWS::LanguageExtensions\nParameters: {N: {Type: Number, Default: 3}, S: {Type: String, Default: true}}\n";
    let found = values(head, &[("A", "{'Fn::ToJsonString': {a: !Ref N, b: !Ref S, c: 3}}")]);
    assert_eq!(found.v("A").as_str(), Some("{\"a\":\"3\",\"b\":\"true\",\"c\":3}"));
}

#[test]
fn account_ids_without_quotes() {
    let found = values(
        "Parameters: {P: {Type: String}}",
        &[("A", "012345670123"), ("B", "012345678901"), ("C", "'012345670123'"), ("D", "123456789012")],
    );
    assert_eq!(
        found.problems(),
        [
            "3: warning: `012345670123` without quotes is the octal number 1402433619, and no account id",
            "4: warning: `012345678901` without quotes may lose its 0 on the way to CloudFormation",
        ]
    );
    assert_eq!(found.v("A").as_i64(), Some(1_402_433_619));
    assert_eq!(
        (found.v("B").as_str(), found.v("C").as_str(), found.v("D").as_str()),
        (Some("012345678901"), Some("012345670123"), Some("123456789012"))
    );
}

#[test]
fn line_ends_of_every_kind() {
    let lines = [
        "Parameters: {P: {Type: String}}",
        "Resources:",
        "  A:",
        "    Type: AWS::X::Y",
        "    Properties:",
        "      V: !Ref P",
        "      W: !Ref Nope",
        "",
    ];
    for ends in [["\n"; 3], ["\r\n"; 3], ["\r"; 3], ["\r", "\n", "\r\n"]] {
        let text: String = lines.iter().enumerate().map(|(at, line)| format!("{line}{}", ends[at % 3])).collect();
        let found = resolved(&text, ResolveOptions::default());
        let problems: Vec<&str> = found.unit.problems.iter().map(|p| p.message.as_str()).collect();
        assert_eq!(problems, ["`Nope` is neither a parameter nor a resource of this template"], "{text:?}");
        assert_eq!(found.v("A").to_string(), "${P}");
    }
}

#[test]
fn parameters_of_a_module_of_rain() {
    let head = "Parameters: {Api: {Type: String}}\n";
    let attribute = [("A", "!GetAtt Api.RootResourceId"), ("B", "!Rain::S3 code/")];
    let module = values(head, &attribute);
    assert!(module.problems().is_empty(), "{:?}", module.problems());
    assert_eq!(unknown(&module.v("A")).reason, Reason::Macro);
    let template = values(head, &attribute[..1]);
    let message = "`Api` is a parameter, which has no attributes: `Fn::GetAtt` and `${Api.…}` are for resources";
    assert_eq!(template.problems(), [format!("4: error: {message}")]);
}

#[test]
fn what_rain_puts_in() {
    let head = "AWSTemplateFormatVersion: '2010-09-09'\nRain: {Constants: {Name: shop}}\nModules:\n  Net: {Source: ./net.yaml}\n";
    let template = |uses: &str| {
        format!(
            "{head}Resources:\n  Queue: !Rain::Include queue.yaml\n  A: {{Type: AWS::X::Y, DependsOn: Queue, Properties: {{V: {uses}}}}}\n"
        )
    };
    let include = "resource `Queue` is what `Rain::Include` puts in (`queue.yaml`), which is not seen before `rain pkg`";
    let module = "what the module `Net` (`./net.yaml`) makes is not seen before the template is packaged";
    for uses in
        ["!Ref Queue", "!GetAtt Queue.Arn", "!Ref NetSubnet", "!GetAtt Net.Group", "!Ref Net.Group", "!Sub '${Rain::Name}-${Net.Id}'"]
    {
        let found = resolved(&template(uses), ResolveOptions::default());
        assert!(found.problems().is_empty(), "{uses}: {:?}", found.problems());
        assert_eq!(reasons(&found), [module, include], "{uses}: a line for each");
    }
    // The same name is the same value in both forms.
    let constants = [("A", "!Sub '${Rain::Name}'"), ("B", "!Rain::Constant Name"), ("C", "{'Rain::Constant': Name}")];
    let found = values(head, &constants);
    assert!(found.problems().is_empty(), "{:?}", found.problems());
    assert!(found.v("A").to_string() == found.v("B").to_string() && found.v("B").to_string() == found.v("C").to_string());
    // None of both has this name.
    let found = resolved(&template("!Ref Quue"), ResolveOptions::default());
    assert_eq!(found.problems(), ["7: error: `Quue` is neither a parameter nor a resource of this template"]);
}

#[test]
fn sections_that_rain_puts_in() {
    let text = "AWSTemplateFormatVersion: '2010-09-09'\nParameters: !Rain::Include p.yaml\nResources:\n  A: {Type: AWS::X::Y, DependsOn: \
                !Rain::Constant D, Properties: {V: !Ref P}}\n  B: {Type: AWS::X::Y, Properties: !Rain::Include b.yaml}\n";
    let found = resolved(text, ResolveOptions::default());
    assert!(found.problems().is_empty(), "{:?}", found.problems());
    let json = "{\"Resources\": {\"A\": {\"Rain::Include\": \"a.json\"}}}";
    let workspace = Workspace::default();
    workspace.sources.add("rain.json", json);
    let unit = resolve(Path::new("rain.json"), &workspace);
    assert!(unit.problems.is_empty(), "{:?}", unit.problems);
    assert_eq!(unit.opaque.len(), 1);
}

#[test]
fn templates_that_a_build_makes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(".gitignore", "made/\n*.packaged.yaml\n");
    write(".gitmodules", "[submodule \"x\"]\n\tpath = shared\n\turl = https://example.com/x.git\n");
    let of = |kind: &str, property: &str, path: &str| {
        write("template.yaml", &format!("Resources:\n  N: {{Type: '{kind}', Properties: {{{property}: {path}}}}}\n"));
        let workspace = Workspace::default();
        let unit = resolve(&folder.path().join("template.yaml"), &workspace);
        let reason = unit.opaque.first().and_then(|o| o.reason.as_deref().map(str::to_owned));
        (unit.problems.iter().map(|p| p.message.clone()).collect::<Vec<_>>(), reason, unit.opaque.first().and_then(|o| o.absent.clone()))
    };
    for (kind, property) in [("AWS::CloudFormation::Stack", "TemplateURL"), ("AWS::Serverless::Application", "Location")] {
        for path in [".build/n.yaml", "./out/n.yaml", "build/a/n.yaml", "made/n.yaml", "n.packaged.yaml"] {
            let reason = format!("the nested template `{path}` is not there, so nothing in it was checked; a build makes it");
            assert_eq!(of(kind, property, path), (vec![], Some(reason), None));
        }
        assert_eq!(of(kind, property, "shared/n.yaml"), (vec![], None, Some(crate::unit::Absent::Submodule("shared".into()))));
        for path in ["n.yaml", "stacks/n.yaml", "build.yaml"] {
            assert_eq!(of(kind, property, path), (vec![format!("the nested template `{path}` is not there")], None, None));
        }
    }
}
