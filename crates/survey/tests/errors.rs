//! What is refused, and how it is said: where, what was found, what was expected, what to do.

mod survey_data;

use nulmeting_survey::{
    Cell, Columns, Condition, Design, Error, EstimateRequest, IntervalMethod, Lonely, Measure, Sampling, Statistic,
    Variance, estimate,
};
use survey_data::{Table, close, design, simple};

fn sampling(rows: usize) -> Sampling {
    Sampling {
        rows,
        weights: Some(vec![Some(1.0); rows]),
        ..Sampling::default()
    }
}

fn labels(labels: &[&str]) -> Vec<Option<String>> {
    labels.iter().map(|label| Some((*label).to_owned())).collect()
}

#[test]
fn weights_that_are_no_weights_name_their_row() {
    for (weight, found) in [
        (None, "missing"),
        (Some(0.0), "0"),
        (Some(-2.5), "-2.5"),
        (Some(f64::INFINITY), "inf"),
        (Some(f64::NAN), "NaN"),
    ] {
        let mut sampling = sampling(4);
        sampling.weights.as_mut().unwrap()[2] = weight;
        let error = Design::new(&sampling).unwrap_err();
        assert_eq!(
            error,
            Error::Weight {
                row: 3,
                found: found.into()
            }
        );
        assert_eq!(error.place().unwrap(), "row 3");
        assert!(error.to_string().contains("expected a finite number above zero"));
        assert!(!error.hint().is_empty());
    }
    assert_eq!(
        Design::new(&Sampling {
            weights: None,
            ..sampling(3)
        })
        .unwrap_err(),
        Error::NoWeights
    );
    assert_eq!(Design::new(&sampling(0)).unwrap_err(), Error::NoRows);
}

#[test]
fn populations_smaller_than_the_sample_or_not_one_number() {
    let of = |sizes: &[f64], strata: &[&str]| {
        Design::new(&Sampling {
            strata: Some(labels(strata)),
            populations: vec![sizes.iter().copied().map(Some).collect()],
            ..sampling(sizes.len())
        })
    };
    let error = of(&[9.0, 9.0, 2.0, 2.0, 2.0], &["a", "a", "b", "b", "b"]).unwrap_err();
    assert_eq!(
        error,
        Error::PopulationTooSmall {
            group: "stratum `b`".into(),
            population: 2.0,
            sampled: 3
        }
    );
    let error = of(&[9.0, 8.0], &["a", "a"]).unwrap_err();
    assert!(
        matches!(
            error,
            Error::PopulationVaries {
                first: 9.0,
                other: 8.0,
                row: 2,
                ..
            }
        ),
        "{error}"
    );
    assert!(matches!(
        of(&[9.0, 0.0], &["a", "a"]).unwrap_err(),
        Error::Population { row: 2, .. }
    ));
    // Fractions: a half of the stratum was taken, so two stand for four.
    let design = of(&[0.5, 0.5], &["a", "a"]).unwrap();
    assert_eq!(design.strata().next().unwrap().2, Some(4.0));
}

#[test]
fn a_cluster_in_two_strata_suggests_nest() {
    let mut sampling = Sampling {
        strata: Some(labels(&["a", "a", "b", "b"])),
        clusters: vec![labels(&["1", "2", "1", "2"])],
        ..sampling(4)
    };
    let error = Design::new(&sampling).unwrap_err();
    assert!(matches!(error, Error::ClusterInTwoStrata { .. }));
    assert!(error.hint().contains("--nest"));
    sampling.nest = true;
    assert_eq!(Design::new(&sampling).unwrap().df(), 2);
}

#[test]
fn other_columns_that_do_not_fit() {
    let short = Sampling {
        weights: Some(vec![Some(1.0); 2]),
        ..sampling(3)
    };
    assert!(matches!(
        Design::new(&short),
        Err(Error::Length {
            found: 2,
            expected: 3,
            ..
        })
    ));
    let holes = Sampling {
        strata: Some(vec![Some("a".into()), None]),
        ..sampling(2)
    };
    assert!(matches!(Design::new(&holes), Err(Error::MissingLabel { row: 2, .. })));
    let deep = Sampling {
        clusters: vec![labels(&["1", "2"]); 3],
        ..sampling(2)
    };
    assert!(matches!(Design::new(&deep), Err(Error::Stages { found: 3, .. })));
    let lone = Design::new(&sampling(1)).unwrap_err();
    assert_eq!(lone.place().unwrap(), "the whole sample");
    let second = Sampling {
        clusters: vec![labels(&["1", "1", "2"]), labels(&["a", "b", "c"])],
        populations: vec![vec![Some(9.0); 3], vec![Some(5.0), Some(5.0), Some(4.0)]],
        ..sampling(3)
    };
    assert_eq!(
        Design::new(&second).unwrap_err(),
        Error::Lonely {
            group: "cluster `2`".into(),
            stage: 2
        }
    );
}

#[test]
fn estimates_that_cannot_be_made() {
    let design = simple(4, 2.0, None);
    let everyone = design.everyone();
    assert_eq!(
        design.mean(&[1.0; 4], &design.domain_where(|_| false)).unwrap_err(),
        Error::EmptyDomain
    );
    assert!(matches!(
        design.mean(&[1.0, f64::NAN, 2.0, 3.0], &everyone),
        Err(Error::Value { row: 2, .. })
    ));
    assert!(matches!(
        design.ratio(&[1.0; 4], &[1.0, -1.0, 0.0, 0.0], &everyone),
        Err(Error::ZeroTotal { .. })
    ));
    assert!(matches!(
        design.share(&[0.0, 1.0, 0.5, 0.0], &everyone, IntervalMethod::default()),
        Err(Error::NotBinary { row: 3, found: 0.5 })
    ));
    assert!(matches!(design.mean(&[1.0; 3], &everyone), Err(Error::Length { .. })));
    assert!(matches!(
        design.quantile(&[1.0; 4], &everyone, 1.5),
        Err(Error::Range { .. })
    ));
    assert!(matches!(design.clone().with_level(95.0), Err(Error::Range { .. })));
    // One unit in the domain: an estimate, no degree of freedom, hence no interval.
    let one = design
        .mean(&[1.0, 2.0, 3.0, 4.0], &design.domain_where(|row| row == 2))
        .unwrap();
    assert_eq!((one.estimate, one.df, one.ci, one.deff), (3.0, 0, None, None));
}

impl Columns for Table {
    fn rows(&self) -> usize {
        self.rows
    }

    fn names(&self) -> Vec<String> {
        self.columns.keys().cloned().collect()
    }

    fn cell(&self, column: &str, row: usize) -> Cell<'_> {
        match self.columns.get(column).map(|cells| cells[row].as_str()) {
            None | Some("") => Cell::Missing,
            Some(text) => Cell::Text(text),
        }
    }
}

fn table(heading: &str, lines: &[&str]) -> Table {
    let names: Vec<&str> = heading.split(',').collect();
    let column = |place: usize| {
        lines
            .iter()
            .map(|line| line.split(',').nth(place).unwrap().to_owned())
            .collect()
    };
    Table {
        columns: names
            .iter()
            .enumerate()
            .map(|(place, name)| ((*name).to_owned(), column(place)))
            .collect(),
        rows: lines.len(),
    }
}

fn request(statistic: Statistic) -> EstimateRequest {
    EstimateRequest {
        statistic,
        change: None,
        by: None,
        condition: None,
        strata: None,
        clusters: Vec::new(),
        nest: false,
        weight: Some("w".into()),
        populations: Vec::new(),
        lonely: Lonely::Fail,
        method: None,
        level: 0.95,
        variance: Variance::Taylor,
        replicate_weights: vec![],
        scale: None,
        about_estimate: false,
    }
}

#[test]
fn expressions_that_can_be_read() {
    let table = table(
        "api.00,api-99,stype,2023_x",
        &["800,700,E,1", "600,650,H,2", ",500,E,3", "900,1,,4"],
    );
    let held = |text: &str| -> Vec<Option<bool>> {
        let condition = Condition::parse(text, &table).unwrap_or_else(|error| panic!("{text}: {error}"));
        (0..4).map(|row| condition.holds(&table, row).unwrap()).collect()
    };
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(held("api.00 >= 800"), [yes, no, None, yes]);
    assert_eq!(held("api.00>=800 and stype == \"E\""), [yes, no, None, None]);
    assert_eq!(held("not (api.00 < 700) or stype = 'E'"), [yes, no, yes, yes]);
    assert_eq!(held("stype != \"E\""), [no, yes, no, None]);
    assert_eq!(held("\"E\" == stype"), [yes, no, yes, None]);
    assert_eq!(held("`api-99` - 50 <> 600 AND 2023_x < 3"), [yes, no, no, no]);
    assert_eq!(held("-2023_x + .5 > -2"), [yes, yes, no, no]);
    let measure = |text: &str| Measure::parse(text, &table).unwrap().value(&table, 0).unwrap();
    assert_eq!(measure("api.00-`api-99`"), Some(100.0));
    assert_eq!(measure("api.00 + 2023_x - 1"), Some(800.0));
    // The name of a column, taken whole, needs no quotes.
    assert_eq!(measure("api-99"), Some(700.0));
}

#[test]
fn expressions_that_cannot_show_the_place() {
    let table = table("a,b", &["1,x"]);
    for (text, position, found) in [
        ("a >= ", 6, "the end"),
        ("a >> 3", 4, "found `>`"),
        ("a", 2, "the end"),
        ("a == 1 b", 8, "found `b`"),
        ("(a == 1", 8, "the end"),
        ("a == \"x", 6, "found `\"`"),
        ("a * 2 > 1", 3, "found `*`"),
        ("a + b == \"x\"", 3, "found `+`"),
        ("a < \"x\"", 3, "found `<`"),
        ("not", 4, "the end"),
    ] {
        match Condition::parse(text, &table) {
            Err(error @ Error::Expression { .. }) => {
                assert_eq!(
                    error.place().unwrap(),
                    format!("character {position}"),
                    "{text}: {error}"
                );
                assert!(error.to_string().contains(found), "{text}: {error}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    assert!(matches!(Condition::parse("c > 1", &table), Err(Error::NoColumn { .. })));
    assert_eq!(
        Condition::parse("b > 1", &table).unwrap().holds(&table, 0),
        Err(Error::NotANumber {
            name: "b".into(),
            row: 1
        })
    );
}

#[test]
fn requests_that_cannot_be_answered_name_the_first_row_of_the_file() {
    let broken = table("x,w", &["1,2", "2,0", "3,-1", "4,2"]);
    let error = estimate(&request(Statistic::Mean("x".into())), &broken).unwrap_err();
    assert_eq!(
        error,
        Error::Weight {
            row: 2,
            found: "0".into()
        }
    );
    let fine = table("x,w,g", &["1,2,a", "2,1,b", "3,1,", "4,2,a"]);
    let absent = estimate(&request(Statistic::Mean("y".into())), &fine).unwrap_err();
    assert!(absent.to_string().contains("expected one of g, w, x"), "{absent}");
    let mut odd = request(Statistic::Mean("x".into()));
    odd.method = Some(IntervalMethod::Wilson);
    assert!(matches!(estimate(&odd, &fine), Err(Error::Request { .. })));
    let mut none = request(Statistic::Total("x".into()));
    none.condition = Some("x > 9".into());
    assert_eq!(estimate(&none, &fine), Err(Error::EmptyDomain));
    let mut unweighted = request(Statistic::Mean("x".into()));
    unweighted.weight = None;
    assert_eq!(estimate(&unweighted, &fine), Err(Error::NoWeights));
    assert!(
        Statistic::quantile("x:1.5").is_err() && Statistic::quantile("x").is_err() && Statistic::ratio("x").is_err()
    );
}

#[test]
fn a_request_gives_what_the_estimators_give() {
    let (table, design) = design("apistrat");
    let mut asked = request(Statistic::Mean("api00 - api99".into()));
    (asked.strata, asked.weight, asked.populations) = (Some("stype".into()), Some("pw".into()), vec!["fpc".into()]);
    asked.by = Some("stype".into());
    let rows = estimate(&asked, &table).unwrap();
    assert_eq!(
        rows.iter().filter_map(|row| row.group.as_deref()).collect::<String>(),
        "EHM"
    );
    let change: Vec<f64> = table
        .number("api00")
        .iter()
        .zip(table.number("api99"))
        .map(|(a, b)| a - b)
        .collect();
    for row in &rows {
        let group = table.equal(&design, "stype", row.group.as_deref().unwrap());
        let expected = design.mean(&change, &group).unwrap();
        close(row.estimate.estimate, expected.estimate, 1e-14, "estimate");
        close(row.estimate.se.unwrap(), expected.se.unwrap(), 1e-12, "se");
        // Groups have the degrees of freedom of the design, a domain has its own.
        assert_eq!((row.estimate.df, expected.df), (197, group.df()));
    }
    // Published with the srvyr package, without a population: 1.74 to 15.2 for high schools.
    asked.populations.clear();
    let high = estimate(&asked, &table).unwrap()[1].estimate.ci.unwrap();
    assert_eq!(
        (format!("{:.2}", high.low), format!("{:.1}", high.high)),
        ("1.74".into(), "15.2".into())
    );
    asked.by = None;
    asked.condition = Some("comp.imp == \"Yes\"".into());
    assert_eq!(estimate(&asked, &table).unwrap()[0].estimate.df, 113);
    asked.statistic = Statistic::Share("api00 >= 800".into());
    asked.condition = None;
    let share = &estimate(&asked, &table).unwrap()[0];
    assert_eq!(share.method, IntervalMethod::KornGraubardKish);
    asked.variance = Variance::Jkn;
    let jackknifed = &estimate(&asked, &table).unwrap()[0];
    close(
        jackknifed.estimate.se.unwrap(),
        share.estimate.se.unwrap(),
        1e-3,
        "jackknife",
    );
    assert_eq!(jackknifed.method, IntervalMethod::KornGraubardKish);
}

#[test]
fn without_weights_the_populations_say_what_a_row_stands_for() {
    let table = Table::reference("twostage");
    let mut asked = request(Statistic::Mean("api00".into()));
    asked.weight = None;
    asked.clusters = vec!["dnum".into(), "snum".into()];
    asked.populations = vec!["fpc1".into(), "fpc2".into()];
    let found = &estimate(&asked, &table).unwrap()[0];
    let (_, design) = design("twostage");
    let expected = design.mean(&table.number("api00"), &design.everyone()).unwrap();
    close(found.estimate.se.unwrap(), expected.se.unwrap(), 1e-12, "se");
}

#[test]
fn rows_with_missing_values_leave_as_a_domain_does() {
    let table = table("x,w,s", &["1,2,a", ",2,a", "5,2,a", "2,3,b", "4,3,b"]);
    let mut asked = request(Statistic::Mean("x".into()));
    asked.strata = Some("s".into());
    let found = &estimate(&asked, &table).unwrap()[0].estimate;
    assert_eq!((found.n, found.df), (4, 2));
    let (expected, domain) = {
        let design = Design::new(&Sampling {
            rows: 5,
            strata: Some(labels(&["a", "a", "a", "b", "b"])),
            weights: Some([2.0, 2.0, 2.0, 3.0, 3.0].map(Some).to_vec()),
            ..Sampling::default()
        })
        .unwrap();
        let domain = design.domain_where(|row| row != 1);
        let values = [1.0, 0.0, 5.0, 2.0, 4.0];
        (design.mean(&values, &domain).unwrap(), domain.n())
    };
    assert_eq!(domain, 4);
    assert_eq!(found.se, expected.se);
}
