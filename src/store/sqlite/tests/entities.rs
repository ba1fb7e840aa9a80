//! Entities: every question is answered as by reading all of them, whatever was written before; and the promises of the
//! trait.

use super::common::Place;
use crate::engine::event::{Actor, Face};
use crate::records::condition::{self, Condition};
use crate::records::index::order_of;
use crate::records::name::EntityId;
use crate::records::{Filter, Path};
use crate::store::Error;
use crate::store::entities::{
    Batch, Change, Decision, Direction, Entities, EntityRow, Query, Sort, State, TypeDraft, TypeState, Which,
};
use crate::store::sqlite::Project;
use proptest::prelude::*;
use serde_json::{Value, json};

fn kind(project: &Project, name: &str) {
    let draft = TypeDraft {
        name: name.to_owned(),
        schema: json!(true),
        description: None,
        by: "ada".to_owned(),
        at: 1,
    };
    project.put_entity_type(&draft, None).unwrap();
}

fn write(project: &Project, items: Vec<(Which, Decision)>, at: i64) -> Vec<Option<EntityRow>> {
    let (items, decisions): (Vec<_>, Vec<_>) = items.into_iter().unzip();
    project
        .write_entities(Batch {
            kind: "thing".to_owned(),
            items,
            by: Actor::new("ada", Face::Script),
            at,
            decide: Box::new(move |_, at, _| decisions[at].clone()),
        })
        .unwrap()
}

fn put(name: &str, data: Value, tags: &[&str]) -> (Which, Decision) {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    (Which::Name(name.to_owned()), Decision::Put { data, tags })
}

fn query(filter: Filter, sort: Sort, direction: Direction) -> Query {
    Query {
        kind: "thing".to_owned(),
        filter,
        state: State::Live,
        sort,
        direction,
        after: None,
        limit: 3,
        bytes_max: usize::MAX,
    }
}

/// All pages of a question, by name.
fn all(project: &Project, mut query: Query) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let found = project.find_entities(&query).unwrap();
        assert!(found.rows.len() <= query.limit);
        names.extend(found.rows.iter().map(|(row, _)| row.name.clone()));
        if !found.has_more {
            return names;
        }
        query.after = found.rows.last().map(|(_, place)| place.clone());
    }
}

fn scan<'r>(rows: &[&'r EntityRow], query: &Query) -> Vec<&'r str> {
    let mut fit: Vec<&EntityRow> =
        rows.iter().filter(|row| query.filter.fits(&row.name, &row.data, &row.tags)).copied().collect();
    let key = |row: &EntityRow| match &query.sort {
        Sort::Updated => Some(row.updated_at.to_be_bytes().to_vec()),
        Sort::Created => Some(Vec::new()),
        Sort::Name => Some(row.name.clone().into_bytes()),
        Sort::Path(path) => order_of(path.get(&row.data)),
    };
    fit.sort_by(|a, b| {
        let (first, second) = (key(a), key(b));
        let order = (&first, a.id).cmp(&(&second, b.id));
        let order = if query.direction == Direction::Down { order.reverse() } else { order };
        first.is_none().cmp(&second.is_none()).then(order)
    });
    fit.iter().map(|row| row.name.as_str()).collect()
}

fn data() -> impl Strategy<Value = Value> {
    let long = "y".repeat(41);
    let single = prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(1),
        json!(2),
        json!(2.5),
        json!(9_007_199_254_740_993_u64),
        json!("a"),
        json!("b"),
        json!(format!("{long}1")),
        json!(format!("{long}2")),
        json!({}),
        json!([]),
    ]);
    let value = prop_oneof![
        6 => single.clone(),
        1 => prop::collection::vec(single.clone(), 0..3).prop_map(Value::from),
        1 => single.prop_map(|value| json!({ "k": value })),
    ];
    let key = prop::sample::select(vec!["a", "b", "c"]);
    prop::collection::vec((key, value), 0..4).prop_map(|fields| {
        Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    })
}

#[derive(Debug, Clone)]
struct Step {
    name: String,
    /// Absent to delete it.
    data: Option<Value>,
    tags: Vec<String>,
}

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let tags = prop::collection::vec(prop::sample::select(vec!["t".to_owned(), "u".to_owned()]), 0..2);
    let step = (0..20_u8, prop::option::weighted(0.85, data()), tags).prop_map(|(name, data, tags)| Step {
        name: format!("n{name}"),
        data,
        tags,
    });
    prop::collection::vec(prop::collection::vec(step, 1..12), 1..5)
}

fn filters(part: Value) -> Vec<Filter> {
    let of = |conditions: Vec<Condition>| Filter { conditions, ..Filter::default() };
    let mut filters: Vec<Filter> = [
        "a = 1",
        "a != 1",
        "a > 1",
        "a <= 2.5 and b exists",
        "b missing",
        "a contains a",
        "a.k = b",
        "a[0] = a",
        "b > a",
        "c >= 9007199254740993",
        "a != 9007199254740993",
        "c = yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy1",
    ]
    .iter()
    .map(|text| of(condition::parse(text).unwrap()))
    .collect();
    filters.push(Filter::default());
    filters.push(Filter { tags: vec!["t".to_owned()], ..Filter::default() });
    filters.push(Filter { text: Some("Y1".to_owned()), ..Filter::default() });
    filters.push(Filter { parts: vec![part], ..Filter::default() });
    filters
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_question_is_answered_as_by_reading_all(batches in steps(), part in data()) {
        let place = Place::new();
        kind(&place.project, "thing");
        let mut rows: Vec<EntityRow> = Vec::new();
        for (at, batch) in (10..).zip(batches) {
            let items = batch.into_iter().map(|step| match step.data {
                Some(data) => (Which::Name(step.name), Decision::Put { data, tags: step.tags }),
                None => (Which::Name(step.name), Decision::Delete),
            });
            for row in write(&place.project, items.collect(), at).into_iter().flatten() {
                rows.retain(|known| known.id != row.id);
                rows.push(row);
            }
        }
        let live: Vec<&EntityRow> = rows.iter().filter(|row| !row.is_deleted()).collect();
        let sorts = [Sort::Updated, Sort::Created, Sort::Name, Sort::Path(Path::parse("a").unwrap()), Sort::Path(Path::parse("c[0]").unwrap())];
        for filter in filters(part) {
            let count = place.project.count_entities("thing", &filter, State::Live).unwrap();
            prop_assert_eq!(count, live.iter().filter(|row| filter.fits(&row.name, &row.data, &row.tags)).count() as u64);
            for sort in &sorts {
                for direction in [Direction::Up, Direction::Down] {
                    let query = query(filter.clone(), sort.clone(), direction);
                    prop_assert_eq!(all(&place.project, query.clone()), scan(&live, &query), "{:?}", query);
                }
            }
        }
        prop_assert_eq!(place.project.entity_type("thing").unwrap().count, live.len() as u64);
    }
}

#[test]
fn many_are_found_over_all_groups() {
    const COUNT: usize = 34_000;
    let place = Place::new();
    kind(&place.project, "thing");
    for batch in 0..4 {
        let numbers = (0..COUNT).filter(|number| number * 4 / COUNT == batch);
        let items =
            numbers.map(|number| put(&format!("n{number:05}"), json!({ "m": number % 7, "n": number }), &[]));
        write(&place.project, items.collect(), i64::try_from(batch).unwrap());
    }
    let filter = |text: &str| Filter { conditions: condition::parse(text).unwrap(), ..Filter::default() };
    let count = |text: &str| place.project.count_entities("thing", &filter(text), State::Live).unwrap();
    assert_eq!((count("m = 3"), count("n >= 33000"), count("m = 3 and n < 70")), (4857, 1000, 10));
    let sort = Sort::Path(Path::parse("n").unwrap());
    let found = place.project.find_entities(&query(filter("m = 3"), sort, Direction::Down)).unwrap();
    let names: Vec<&str> = found.rows.iter().map(|(row, _)| row.name.as_str()).collect();
    assert_eq!(names, ["n33995", "n33988", "n33981"]);
}

#[test]
fn versions_are_kept_and_names_become_free() {
    let place = Place::new();
    let project = &place.project;
    kind(project, "thing");
    write(project, vec![put("a", json!({ "n": 1 }), &["x"])], 10);
    write(project, vec![put("a", json!({ "n": 2 }), &[])], 20);
    let name = || Which::Name("a".to_owned());
    let id = project.entity("thing", &name()).unwrap().id;
    write(project, vec![(name(), Decision::Delete), put("a", json!({}), &[])], 30);
    let deleted = project.entity("thing", &Which::Id(id)).unwrap();
    assert_eq!((deleted.version, deleted.change, deleted.data), (3, Change::Deleted, json!({ "n": 2 })));
    assert_eq!(project.entity("thing", &name()).unwrap().id, EntityId::new(id.kind(), id.number() + 1));
    let told: Vec<_> = project
        .entity_history(id, None, 9)
        .unwrap()
        .into_iter()
        .map(|row| (row.version, row.change, row.data["n"].clone(), row.tags.len(), row.updated_at))
        .collect();
    let expected = [
        (3, Change::Deleted, json!(2), 0, 30),
        (2, Change::Updated, json!(2), 0, 20),
        (1, Change::Created, json!(1), 1, 10),
    ];
    assert_eq!(told, expected);
    assert_eq!(project.entity_history(id, Some(3), 1).unwrap().len(), 1);
    let gone = Query { state: State::Deleted, ..query(Filter::default(), Sort::Updated, Direction::Down) };
    assert_eq!(all(project, gone), ["a"]);
}

#[test]
fn a_type_that_moved_on_is_not_written_over() {
    let place = Place::new();
    kind(&place.project, "thing");
    let seen = place.project.entity_type("thing").unwrap().state;
    write(&place.project, vec![put("a", json!({}), &[])], 10);
    let draft = TypeDraft {
        name: "thing".to_owned(),
        schema: json!(false),
        description: None,
        by: "ada".to_owned(),
        at: 2,
    };
    for seen in [Some(seen), None, Some(TypeState { version: 2, changes: 1 })] {
        assert!(matches!(place.project.put_entity_type(&draft, seen), Err(Error::Conflict { .. })));
    }
    let now = place.project.entity_type("thing").unwrap().state;
    assert_eq!(place.project.put_entity_type(&draft, Some(now)).unwrap().state.version, 2);
    assert_eq!(place.project.entity_type_versions("thing").unwrap()[1].schema, json!(true));
    assert!(matches!(place.project.entity_type("other"), Err(Error::NotFound { .. })));
}

#[test]
fn two_writers_lose_nothing() {
    let place = Place::new();
    kind(&place.project, "thing");
    write(&place.project, vec![put("a", json!({ "n": 0 }), &[])], 1);
    let (_home, other) = place.again();
    std::thread::scope(|scope| {
        for project in [&place.project, &other] {
            scope.spawn(move || {
                for _ in 0..50 {
                    let decide = |_: &_, _, row: Option<&EntityRow>| {
                        let n = row.and_then(|row| row.data["n"].as_u64()).unwrap_or(0);
                        Decision::Put { data: json!({ "n": n + 1 }), tags: Vec::new() }
                    };
                    let batch = Batch {
                        kind: "thing".to_owned(),
                        items: vec![Which::Name("a".to_owned())],
                        by: Actor::new("ada", Face::Script),
                        at: 2,
                        decide: Box::new(decide),
                    };
                    project.write_entities(batch).unwrap();
                }
            });
        }
    });
    let row = place.project.entity("thing", &Which::Name("a".to_owned())).unwrap();
    assert_eq!((row.data, row.version), (json!({ "n": 100 }), 101));
    let filter = Filter { parts: vec![json!({ "n": 100 })], ..Filter::default() };
    assert_eq!(place.project.count_entities("thing", &filter, State::Live).unwrap(), 1);
}
