//! `docs/rfc-examples.md` lists what is played, and everything that is played is listed there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use lab::stage::scenarios;
use lab::world::repository;

#[test]
fn the_page_and_the_examples_are_in_step() {
    let page = fs::read_to_string(repository().join("docs/rfc-examples.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Section"));
    let (mut listed, mut told) = (BTreeSet::new(), BTreeSet::new());
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, _, scenario, story] = cells[..] else {
            panic!("four cells: {row}");
        };
        let names = in_quotes(scenario);
        let stories = in_quotes(story);
        assert_eq!(names.is_empty(), stories.is_empty(), "a scenario and a story, or a reason: {row}");
        assert!(!stories.is_empty() || story.len() > 10, "a reason: {row}");
        listed.extend(names);
        told.extend(stories);
    }
    let played: BTreeSet<String> = ["rfc3515", "rfc3842", "rfc3891", "rfc3892", "rfc4235", "rfc5359"]
        .into_iter()
        .flat_map(|folder| {
            names_in(&scenarios().join(folder))
                .into_iter()
                .map(move |name| format!("{folder}/{name}"))
        })
        .collect();
    // Plain phones play in many examples, and are listed only where they are all of one.
    let of_examples = |name: &String| !name.starts_with("phone/");
    assert_eq!(
        listed.iter().filter(|name| of_examples(name)).cloned().collect::<BTreeSet<_>>(),
        played
    );
    for name in listed.iter().filter(|name| !of_examples(name)) {
        assert!(scenarios().join(format!("{name}.xml")).exists(), "{name}");
    }
    assert_eq!(told, stories());
}

/// What stands between back quotes and is a name of ours.
fn in_quotes(cell: &str) -> Vec<String> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted
        .filter(|text| text.contains('/') || text.contains("::"))
        .map(str::to_owned)
        .collect()
}

fn names_in(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

/// All tests beside this one, as the runner names them.
fn stories() -> BTreeSet<String> {
    let folder = repository().join("crates/lab/tests/rfc");
    let modules = names_in(&folder).into_iter().filter(|name| name != "table");
    let tests = modules.flat_map(|module| {
        let source = fs::read_to_string(folder.join(format!("{module}.rs"))).unwrap();
        let functions: Vec<String> = source
            .split("#[test]\nfn ")
            .skip(1)
            .filter_map(|rest| rest.split_once('(').map(|(name, _)| format!("{module}::{name}")))
            .collect();
        functions
    });
    tests.collect()
}
