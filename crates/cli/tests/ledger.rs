//! `fugo ledger` refuses a delivery before the histories of two scopes link anybody, and accepts clean ones.
//! `cargo test -p fugo-cli --test ledger -- --nocapture` prints what the attack finds and what the ledger says.

mod rosters;
mod sample_keys;

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    os::unix::fs::MetadataExt,
    process::{Command, Output, Stdio},
};

use rosters::{MOJ, NTA, Random, number, symbols_of, text};
use sample_keys::{Keys, stderr, stdout};
use serde_json::Value;

const CODES: usize = 47;
const COME_GO_MOVE: usize = 1_100;
const PEOPLE: usize = 30_000;

/// What a person's row holds in each of two scopes: a code of its own kind.
type Codes = [usize; 2];

/// People who come, go and move, and the deliveries of two scopes: who is in each, with which codes.
struct World {
    random: Random,
    born: usize,
    present: Vec<usize>,
    codes: HashMap<usize, Codes>,
    deliveries: Vec<HashMap<usize, Codes>>,
}

impl World {
    fn new(people: usize) -> Self {
        let mut world = Self {
            random: Random::new(14),
            born: 0,
            present: Vec::new(),
            codes: HashMap::new(),
            deliveries: Vec::new(),
        };
        world.come(people);
        world.deliver();
        world
    }

    fn come(&mut self, count: usize) {
        for _ in 0..count {
            self.codes.insert(self.born, [self.random.below(CODES), self.random.below(CODES)]);
            self.present.push(self.born);
            self.born += 1;
        }
    }

    /// The first people go, and the next move, in a random order.
    fn go_and_move(&mut self, gone: usize, moved: usize) {
        self.random.shuffle(&mut self.present);
        for person in self.present.drain(..gone) {
            self.codes.remove(&person);
        }
        for person in &self.present[..moved] {
            for code in self.codes.get_mut(person).expect("present") {
                *code = (*code + 1 + self.random.below(CODES - 1)) % CODES;
            }
        }
    }

    /// One month: some go, some move, some come.
    fn month(&mut self) {
        self.go_and_move(COME_GO_MOVE, COME_GO_MOVE);
        self.come(COME_GO_MOVE);
        self.deliver();
    }

    fn deliver(&mut self) {
        self.deliveries.push(self.codes.clone());
    }

    /// What the keeper of a scope's files sees of each person, by delivery: absent, as before, or changed.
    fn histories(&self, scope: usize, deliveries: usize) -> HashMap<Vec<u8>, Vec<usize>> {
        let mut histories: HashMap<usize, Vec<u8>> = HashMap::new();
        for (nth, delivery) in self.deliveries[..deliveries].iter().enumerate() {
            for (person, codes) in delivery {
                let before = nth.checked_sub(1).and_then(|before| self.deliveries[before].get(person));
                let changed = before.is_some_and(|before| before[scope] != codes[scope]);
                let history = histories.entry(*person).or_default();
                history.resize(nth, b'-');
                history.push(if changed { b'c' } else { b'=' });
            }
        }
        let mut groups: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (person, mut history) in histories {
            history.resize(deliveries, b'-');
            groups.entry(history).or_default().push(person);
        }
        groups
    }

    /// The attack: whoever has both scopes' files joins the histories that one person has here and one there. Returns
    /// the right and the wrong claims, and how many guesses are right if each group is guessed at random.
    fn attack(&mut self, deliveries: usize) -> (usize, usize, usize) {
        let (here, there) = (self.histories(0, deliveries), self.histories(1, deliveries));
        let (mut right, mut wrong, mut guessed) = (0, 0, 0);
        for (history, people) in &here {
            let Some(others) = there.get(history) else { continue };
            if let ([a], [b]) = (&people[..], &others[..]) {
                *(if a == b { &mut right } else { &mut wrong }) += 1;
            }
            let mut others = others.clone();
            self.random.shuffle(&mut others);
            guessed += people.iter().zip(&others).filter(|(a, b)| a == b).count();
        }
        (right, wrong, guessed)
    }
}

/// A ledger key that was made for these tests. Cells are 16 bits under the key: under one key in sixty, two of the 47 codes
/// have the same, and a change from one to the other is not seen.
const LEDGER_KEY: &str = "fugo-ledger-key 1
use: test
key-id: d3001cc20b04a55b267b8b9744517148
key: 2e96c1ef54f304ce96261782f0a414fe2621d441ca0594ba3cd29c8bda632aa9
";

/// A folder with a ledger key and an empty folder of ledgers.
fn issuer() -> Keys {
    let keys = Keys::none();
    fs::create_dir(keys.at("ledgers")).expect("made");
    keys.file("ledger.key", LEDGER_KEY, 0o600);
    keys
}

fn run(keys: &Keys, args: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fugo"));
    command.current_dir(keys.at("")).args(args.split(' ')).stdin(Stdio::null()).output().expect("it runs")
}

/// Writes the file of a scope as `convert` does.
fn write(keys: &Keys, scope: &str, columns: &[&str], rows: impl Iterator<Item = (usize, String)>) {
    let symbol_of = symbols_of(scope);
    let mut rows: Vec<_> = rows.map(|(person, cells)| (symbol_of(&number(person as u64 + 1)), cells)).collect();
    rows.sort_unstable();
    let header = ["symbol"].iter().chain(columns).copied().collect::<Vec<_>>().join(",");
    let lines = rows.iter().map(|(symbol, cells)| format!("{},{cells}\n", text(scope, symbol))).collect::<Vec<_>>();
    keys.file("file.csv", &format!("{header}\n{}", lines.concat()), 0o600);
}

/// Records `file.csv`; the verdict and the exit status.
fn record(keys: &Keys, scope: &str, serial: usize, more: &str) -> (Value, Option<i32>) {
    let args = format!("--ledger ledgers --key ledger.key --test-keys --scope {scope} --serial {serial} --json");
    let output = run(keys, &format!("ledger record file.csv {args}{more}"));
    let verdict = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    (verdict, output.status.code())
}

/// Records a delivery of the world for one of its scopes.
fn record_of(keys: &Keys, world: &World, scope: usize, nth: usize, more: &str) -> (Value, Option<i32>) {
    let name = [NTA, MOJ][scope];
    let rows = world.deliveries[nth].iter().map(|(person, codes)| (*person, format!("k{}", codes[scope])));
    write(keys, name, &["code"], rows);
    record(keys, name, nth + 1, more)
}

/// The counts of the complete history.
fn complete(verdict: &Value) -> &Value {
    verdict["histories"].as_array().expect("a list").last().expect("a set")
}

#[test]
fn the_ledger_refuses_the_delivery_with_which_histories_would_begin_to_link() {
    const ALL: usize = 40;
    let mut world = World::new(PEOPLE);
    (1..ALL).for_each(|_| world.month());
    // The attack works: it links more and more people, and claims nothing wrong.
    println!("deliveries  linked with certainty  right if guessed");
    let mut linked = Vec::new();
    for deliveries in [2, 3, 4, 5, 10, 20, ALL] {
        let (right, wrong, guessed) = world.attack(deliveries);
        println!("{deliveries:>10} {right:>22} {guessed:>17}");
        assert_eq!(wrong, 0);
        linked.push(right);
    }
    assert_eq!(linked[..3], [0, 0, 0]);
    assert!(linked[3] > 0 && linked[6] > 5_000 && linked.is_sorted(), "{linked:?}");

    // The attack succeeds with the fifth delivery. Each scope's ledger refuses the fourth, on its own.
    for scope in [0, 1] {
        let keys = issuer();
        let file = keys.at(["ledgers/agency-nta-1.ledger", "ledgers/agency-moj-1.ledger"][scope]);
        for nth in 0..3 {
            let (verdict, status) = record_of(&keys, &world, scope, nth, "");
            println!("scope {scope}, delivery {}: {}", nth + 1, complete(&verdict));
            assert_eq!((status, &verdict["refused"]), (Some(0), &Value::Bool(false)), "{verdict:#}");
        }
        let before = fs::read(&file).expect("recorded");
        let (verdict, status) = record_of(&keys, &world, scope, 3, "");
        println!("scope {scope}, delivery 4: {}", complete(&verdict));
        assert_eq!((status, &verdict["refused"]), (Some(1), &Value::Bool(true)), "{verdict:#}");
        assert_eq!(fs::read(&file).expect("kept"), before, "a refused delivery is not recorded");
        for event in ["came", "gone", "changed"] {
            assert_eq!(verdict[event], COME_GO_MOVE, "{event}");
        }
        let count = |verdict: &Value, name: &str| {
            usize::try_from(complete(verdict)[name].as_u64().expect("a count")).expect("small")
        };
        assert_eq!(count(&verdict, "groups"), world.histories(scope, 4).len());
        let small: usize = world.histories(scope, 4).values().map(Vec::len).filter(|members| *members < 10).sum();
        assert_eq!(count(&verdict, "in_small_groups"), small);
        // The budget is the operator's.
        let (_, status) = record_of(&keys, &world, scope, 3, &format!(" --allow {}", small - 1));
        assert_eq!(status, Some(1));
        let (_, status) = record_of(&keys, &world, scope, 3, &format!(" --allow {small}"));
        assert_eq!(status, Some(0));
        // What the ledger counts bounds what the attack finds.
        let (verdict, _) = record_of(&keys, &world, scope, 4, &format!(" --allow {PEOPLE}"));
        let (right, _, guessed) = world.attack(5);
        let (alone, groups) = (count(&verdict, "alone"), count(&verdict, "groups"));
        assert!(right > 0 && right <= alone, "{right} of {verdict:#}");
        assert!(guessed as f64 <= groups as f64 + 4.0 * (groups as f64).sqrt(), "{guessed} of {verdict:#}");
    }
}

#[test]
fn deliveries_in_which_people_only_come_in_large_groups_are_accepted() {
    let keys = issuer();
    let mut world = World::new(3_000);
    for nth in 0..12 {
        let (verdict, status) = record_of(&keys, &world, 0, nth, "");
        assert_eq!(status, Some(0), "{verdict:#}");
        assert_eq!(complete(&verdict)["in_small_groups"], 0);
        assert_eq!(complete(&verdict)["groups"].as_u64(), Some(nth as u64 / 2 + 1));
        // Every other delivery is as the one before.
        if nth % 2 == 1 {
            world.come(1_000);
        }
        world.deliver();
    }
}

#[test]
fn a_few_people_who_change_are_found_and_the_column_is_named() {
    let keys = issuer();
    let mut world = World::new(3_000);
    assert_eq!(record_of(&keys, &world, 0, 0, "").1, Some(0));
    world.go_and_move(0, 9);
    world.deliver();
    let (verdict, status) = record_of(&keys, &world, 0, 1, "");
    assert_eq!(status, Some(1));
    assert_eq!((&verdict["changed"], &complete(&verdict)["in_small_groups"]), (&9.into(), &9.into()));
    assert_eq!(verdict["histories"][0]["in_small_groups"], 0, "nobody came or went");
    let args = "--ledger ledgers --key ledger.key --test-keys --scope agency/nta/1 --serial 2";
    let told = run(&keys, &format!("ledger judge file.csv {args}"));
    assert_eq!(told.status.code(), Some(1));
    for line in [
        "agency/nta/1, serial 2, delivery 2: 3,000 rows; 0 people came, 0 went, 9 changed\n",
        "  coming and going: 3,000 people in 1 groups of one history; 0 alone, 0 in groups below 10\n",
        "  coming, going and changes of `code`: 3,000 people in 2 groups of one history; 0 alone, 9 in groups below 10\n",
        "refused: 9 people are in groups below 10, and 0 are allowed\n",
        "without kept columns it would be accepted",
    ] {
        assert!(stdout(&told).contains(line), "{} has no {line}", stdout(&told));
    }
    // Ten are enough.
    world.deliveries.pop();
    world.go_and_move(0, 1);
    world.deliver();
    let (verdict, status) = record_of(&keys, &world, 0, 1, "");
    assert_eq!((status, &verdict["changed"]), (Some(0), &10.into()), "{verdict:#}");
}

#[test]
fn who_goes_counts_as_who_comes_because_recipients_keep_their_files() {
    let keys = issuer();
    let mut world = World::new(3_000);
    assert_eq!(record_of(&keys, &world, 0, 0, "").1, Some(0));
    world.go_and_move(5, 0);
    world.deliver();
    let (verdict, status) = record_of(&keys, &world, 0, 1, "");
    assert_eq!((status, &complete(&verdict)["people"]), (Some(1), &3_000.into()));
    assert_eq!(complete(&verdict)["in_small_groups"], 5);
}

#[test]
fn values_that_another_organisation_receives_too_divide_the_groups() {
    let mut world = World::new(PEOPLE);
    world.go_and_move(COME_GO_MOVE, 0);
    world.come(COME_GO_MOVE);
    world.deliver();
    let second = |more: &str| {
        let keys = issuer();
        assert_eq!(record_of(&keys, &world, 0, 0, more).1, Some(0));
        record_of(&keys, &world, 0, 1, more)
    };
    let (verdict, status) = second(" --least 50");
    assert_eq!((status, &complete(&verdict)["groups"]), (Some(0), &3.into()));
    // 1,100 people of 47 codes are about 23 of each.
    let (verdict, status) = second(" --least 50 --shared code");
    assert_eq!((status, &complete(&verdict)["groups"]), (Some(1), &(3 * CODES).into()));
    assert_eq!(complete(&verdict)["in_small_groups"], 2 * COME_GO_MOVE);
}

#[test]
fn each_column_has_a_history_of_its_own_and_new_columns_begin_without_one() {
    let keys = issuer();
    let file = |columns: &[&str], cells: &dyn Fn(usize) -> String| {
        write(&keys, NTA, columns, (0..100).map(|person| (person, cells(person))));
    };
    let small = |verdict: &Value| {
        let sets = verdict["histories"].as_array().expect("a list").iter();
        let of = |set: &Value| (set["columns"].to_string(), set["in_small_groups"].as_u64().expect("a count"));
        sets.map(of).collect::<Vec<_>>()
    };
    file(&["a"], &|_| "1".to_owned());
    assert_eq!(record(&keys, NTA, 1, "").1, Some(0));
    // Three people change in `b` when it is delivered for the first time: nobody can see it.
    file(&["b", "a"], &|person| format!("{},1", u8::from(person < 3)));
    let (verdict, status) = record(&keys, NTA, 2, "");
    assert_eq!((status, &verdict["changed"]), (Some(0), &0.into()), "{verdict:#}");
    file(&["a", "b"], &|person| format!("1,{}", u8::from(person < 5)));
    let (verdict, status) = record(&keys, NTA, 3, "");
    let expected = [("[]", 0), ("[\"a\"]", 0), ("[\"b\"]", 2), ("[\"a\",\"b\"]", 2)];
    assert_eq!(small(&verdict), expected.map(|(columns, count)| (columns.to_owned(), count)));
    assert_eq!(status, Some(1));
    // The column can be left out: then it shows no change, also not later.
    file(&["a"], &|_| "1".to_owned());
    assert_eq!(record(&keys, NTA, 3, "").1, Some(0));
}

#[test]
fn a_column_does_not_lose_its_history_by_another_name() {
    let keys = issuer();
    let file =
        |columns: &[&str], cells: &str| write(&keys, NTA, columns, (0..100).map(|person| (person, cells.into())));
    file(&["dept"], "1");
    assert_eq!(record(&keys, NTA, 1, "").1, Some(0));
    let refused = |more: &str, reason: &str| {
        let args = "--ledger ledgers --key ledger.key --test-keys --scope agency/nta/1 --serial 2";
        let output = run(&keys, &format!("ledger record file.csv {args}{more}"));
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(reason), "{} does not say: {reason}", stderr(&output));
    };
    file(&["dept2"], "2");
    refused("", "the column `dept2` is new, and `dept` of earlier deliveries is missing");
    refused(" --new-column dept", "the column `dept2` is new");
    file(&["dept", "dept"], "2,1");
    refused("", "two columns with the header `dept`");
    // Another column next to the old one, none at all, and one that the operator names are accepted.
    for (serial, columns, cells, more) in
        [(2, &["dept", "sex"][..], "1,1", ""), (3, &["dept"], "1", ""), (4, &["age"], "1", " --new-column age")]
    {
        file(columns, cells);
        assert_eq!(record(&keys, NTA, serial, more).1, Some(0), "{columns:?}");
    }
}

#[test]
fn a_ledger_holds_no_symbol_no_value_and_nothing_that_two_scopes_have_in_common() {
    let keys = issuer();
    let world = World::new(2_000);
    let ledgers = [0, 1].map(|scope| {
        assert_eq!(record_of(&keys, &world, scope, 0, "").1, Some(0));
        let path = keys.at(["ledgers/agency-nta-1.ledger", "ledgers/agency-moj-1.ledger"][scope]);
        assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
        fs::read(path).expect("recorded")
    });
    let people = |ledger: &[u8]| {
        let head = ledger.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1).expect("two lines").0 + 1;
        // A person: eight bytes, one, two for the one column, and two histories of eight.
        let body = &ledger[head..ledger.len() - 32];
        assert_eq!(body.len(), 2_000 * 27);
        body.chunks(27).map(|person| person[..8].to_vec()).collect::<BTreeSet<_>>()
    };
    let [a, b] = ledgers.each_ref().map(|ledger| people(ledger));
    assert_eq!((a.len(), a.intersection(&b).count()), (2_000, 0));
    for (scope, ledger) in [NTA, MOJ].into_iter().zip(&ledgers) {
        let symbol_of = symbols_of(scope);
        for person in 0..50 {
            let symbol = symbol_of(&number(person + 1));
            for part in symbol.windows(6) {
                assert!(!ledger.windows(6).any(|found| found == part), "bytes of a symbol");
            }
        }
    }
}

#[test]
fn a_ledger_that_was_altered_or_has_another_key_is_refused() {
    let keys = issuer();
    let world = World::new(1_000);
    assert_eq!(record_of(&keys, &world, 0, 0, "").1, Some(0));
    let path = keys.at("ledgers/agency-nta-1.ledger");
    let ledger = fs::read(&path).expect("recorded");
    let refused = |args: &str, reason: &str| {
        let how = "--ledger ledgers --test-keys --scope agency/nta/1";
        let output = run(&keys, &format!("ledger record file.csv {how} {args}"));
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(reason), "{} does not say: {reason}", stderr(&output));
    };
    for at in [14, 40, 200, 5_000, ledger.len() - 1] {
        let mut altered = ledger.clone();
        altered[at] ^= 1;
        fs::write(&path, altered).expect("written");
        refused("--key ledger.key --serial 2", "was altered or cut");
    }
    fs::write(&path, &ledger[..ledger.len() - 27]).expect("written");
    refused("--key ledger.key --serial 2", "was altered or cut");
    fs::write(&path, &ledger).expect("written");
    run(&keys, "key ledger --plaintext --out other.key");
    refused("--key other.key --serial 2", "was altered or cut, or its key is another");
    // The same file would be the recorded delivery.
    write(&keys, NTA, &["code"], (0..100).map(|person| (person, "1".to_owned())));
    refused("--key ledger.key --serial 1", "has serial 1, and other rows or columns than this file");
    refused("--key ledger.key --serial 2 --shared code", "has other shared columns");
    refused("--key ledger.key --serial 2 --shared absent", "is not a kept column");
    assert_eq!(fs::read(&path).expect("kept"), ledger);
}

#[test]
fn a_file_with_a_column_more_is_not_the_delivery_that_was_recorded() {
    let keys = issuer();
    let record = |columns: &[&str], people: usize, cells: &str, serial: u32| {
        write(&keys, NTA, columns, (0..people).map(|person| (person, cells.to_owned())));
        let args = format!("--ledger ledgers --key ledger.key --scope agency/nta/1 --serial {serial} --test-keys");
        run(&keys, &format!("ledger record file.csv {args}"))
    };
    assert_eq!(record(&["code", "ward"], 100, "1,a", 1).status.code(), Some(0));
    assert_eq!(record(&["code"], 120, "1", 2).status.code(), Some(0));
    // Nobody came, went or changed, but the newcomers' wards were never delivered.
    let output = record(&["code", "ward"], 120, "1,a", 2);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("other rows or columns than this file"), "{}", stderr(&output));
}

#[test]
fn a_file_of_another_scope_or_with_several_rows_of_a_person_is_refused_and_judging_writes_nothing() {
    let keys = issuer();
    write(&keys, NTA, &["code"], (0..100).map(|person| (person, "1".to_owned())));
    let run_on = |command: &str, scope: &str| {
        let args = format!("file.csv --ledger ledgers --key ledger.key --scope {scope} --serial 1 --test-keys");
        run(&keys, &format!("ledger {command} {args}"))
    };
    let refused = |output: Output, reason: &str| {
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(reason), "{} does not say: {reason}", stderr(&output));
    };
    refused(run_on("record", "research/nta/1"), "symbols that are not of research/nta/1");
    assert_eq!(run_on("judge", NTA).status.code(), Some(0));
    assert_eq!(fs::read_dir(keys.at("ledgers")).expect("a folder").count(), 0);
    assert_eq!(run_on("record", NTA).status.code(), Some(0));
    write(&keys, MOJ, &["code"], (0..100).map(|person| (person, "1".to_owned())));
    let args = "file.csv --ledger ledgers --key ledger.key --scope agency/nta/1 --serial 2 --test-keys";
    refused(run(&keys, &format!("ledger record {args}")), "and the ledger is of");
    write(&keys, MOJ, &["code"], (0..100).map(|person| (person / 2, format!("{person}"))));
    refused(run_on("record", MOJ), "a person has several rows");
    refused(run(&keys, &format!("ledger record {}", args.replace(" --test-keys", ""))), "this is a test key");
    let replaced = run(&keys, "convert file.csv --key ledger.key --out x.csv --test-keys");
    refused(replaced, "`fugo-key` was expected");
}
