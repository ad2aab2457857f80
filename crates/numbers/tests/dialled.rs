//! What people dial in seven countries, row by row.

use numbers::{Dialled, Locality, understand};

/// Extensions of the company that dials; some look like numbers of the world, some can never be reached.
const INTERNAL: [&str; 10] = [
    "101",
    "102",
    "anna",
    "0815",
    "11833",
    "0301234567",
    "2125550199",
    "112",
    "0112",
    "9911",
];
/// Rows that the table has at least.
const ROWS_MIN: usize = 240;

fn shown(dialled: &Dialled) -> String {
    match dialled {
        Dialled::Internal(extension) => format!("internal {extension}"),
        Dialled::Emergency(digits) => format!("emergency {digits}"),
        Dialled::Service { digits, .. } => format!("service {digits}"),
        Dialled::World(number) => number.to_string(),
        Dialled::Unknown(why) => format!("unknown {why:?}"),
    }
}

#[test]
fn everybody_reaches_whom_they_mean() {
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in include_str!("dialled.tsv").lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [here, dialled, meaning, class] = columns[..] else {
            panic!("four columns: {line}")
        };
        let here: Locality = here.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
        let understood = understand(dialled, &here, |text| INTERNAL.contains(&text));
        let class_found = understood.class(&here).map_or("-", |class| class.name());
        let found = shown(&understood);
        if (found.as_str(), class_found) != (meaning, class) {
            wrong.push(format!("{line}\n    is {found}, {class_found}"));
        }
        rows += 1;
    }
    assert!(rows >= ROWS_MIN, "{rows} rows");
    assert!(wrong.is_empty(), "{} of {rows} rows:\n{}", wrong.len(), wrong.join("\n"));
}
