//! Weights that meet margins, and the response per class, against R and by hand.

mod survey_data;

use nulmeting_survey::{Auxiliary, Design, Distance, Error, Margin, Registered, representation};
use survey_data::{Table, close, design, weight_ratios};

fn school_types(table: &Table) -> Margin {
    Margin {
        name: "stype".into(),
        classes: table.text("stype").to_vec(),
        totals: [("E", 4421.0), ("H", 755.0), ("M", 1018.0)]
            .map(|(class, n)| (class.to_owned(), n))
            .to_vec(),
    }
}

fn school_wide(table: &Table) -> Margin {
    Margin {
        name: "sch.wide".into(),
        classes: table.text("sch.wide").to_vec(),
        totals: [("No", 1072.0), ("Yes", 5122.0)]
            .map(|(class, n)| (class.to_owned(), n))
            .to_vec(),
    }
}

#[test]
fn post_stratified_and_raked_weights() {
    let (table, design) = design("apiclus1");
    let post = design.raked(&[school_types(&table)]).unwrap();
    let weight_of = |design: &Design, stype: &str, wide: &str| {
        let row = (0..table.rows)
            .find(|&row| table.text("stype")[row] == stype && (wide.is_empty() || table.text("sch.wide")[row] == wide));
        design.weights()[row.unwrap()]
    };
    for (stype, weight) in [("E", 30.701_388_89), ("H", 53.928_571_43), ("M", 40.72)] {
        close(weight_of(&post, stype, ""), weight, 1e-9, stype);
    }
    let raked = design.raked(&[school_types(&table), school_wide(&table)]).unwrap();
    for (stype, no, yes) in [
        ("E", 39.839_236_25, 29.870_675_49),
        ("H", 67.125_529_24, 50.329_401_12),
        ("M", 49.069_072_16, 36.791_024_86),
    ] {
        close(weight_of(&raked, stype, "No"), no, 1e-8, stype);
        close(weight_of(&raked, stype, "Yes"), yes, 1e-8, stype);
    }
    let ratios = weight_ratios(&raked, &design);
    close(
        ratios.iter().copied().fold(f64::INFINITY, f64::min),
        0.882_520_718_3,
        1e-9,
        "least",
    );
    close(
        ratios.iter().copied().fold(0.0, f64::max),
        1.983_204_909_3,
        1e-9,
        "most",
    );
    assert!(
        raked
            .weights()
            .iter()
            .zip(design.weights())
            .all(|(after, before)| *after > 0.0 && *before > 0.0)
    );
}

#[test]
fn post_stratification_is_calibration_and_raking_is_too() {
    let (table, design) = design("apistrat");
    let wide = school_wide(&table);
    let auxiliaries: Vec<Auxiliary> = wide
        .totals
        .iter()
        .map(|(class, total)| Auxiliary {
            name: class.clone(),
            values: wide
                .classes
                .iter()
                .map(|of_row| f64::from(u8::from(of_row == class)))
                .collect(),
            total: *total,
        })
        .collect();
    let enroll = table.number("enroll");
    let expected = design.raked(std::slice::from_ref(&wide)).unwrap();
    let expected = expected.total(&enroll, &expected.everyone()).unwrap();
    for distance in [
        Distance::Linear,
        Distance::Raking,
        Distance::Logit { low: 0.2, high: 4.0 },
    ] {
        let weighted = design.calibrated(&auxiliaries, distance).unwrap();
        let total = weighted.total(&enroll, &weighted.everyone()).unwrap();
        close(total.estimate, expected.estimate, 1e-9, "total");
        close(total.se.unwrap(), expected.se.unwrap(), 1e-9, "se");
        // The totals that the weights were made for have no error left.
        let known = weighted.total(&auxiliaries[0].values, &weighted.everyone()).unwrap();
        close(known.estimate, 1072.0, 1e-9, "known total");
        assert!(known.se.unwrap() < 1e-6);
    }
    // Iterative proportional fitting, done by hand, ends at the raked weights.
    let raked = design.raked(&[school_types(&table), school_wide(&table)]).unwrap();
    let mut fitted = design.weights().to_vec();
    for _ in 0..500 {
        for margin in [school_types(&table), school_wide(&table)] {
            for (class, total) in &margin.totals {
                let rows: Vec<usize> = (0..fitted.len()).filter(|&row| margin.classes[row] == *class).collect();
                let factor = total / rows.iter().map(|&row| fitted[row]).sum::<f64>();
                rows.iter().for_each(|&row| fitted[row] *= factor);
            }
        }
    }
    for (found, expected) in raked.weights().iter().zip(fitted) {
        close(*found, expected, 1e-8, "raked weight");
    }
}

#[test]
fn regression_estimator_by_three_distances() {
    let (table, design) = design("apiclus1");
    let is = |class: &str| -> Vec<f64> {
        table
            .text("stype")
            .iter()
            .map(|label| f64::from(u8::from(label == class)))
            .collect()
    };
    let auxiliary = |name: &str, values: Vec<f64>, total: f64| Auxiliary {
        name: name.into(),
        values,
        total,
    };
    let auxiliaries = [
        auxiliary("schools", vec![1.0; table.rows], 6194.0),
        auxiliary("H", is("H"), 755.0),
        auxiliary("M", is("M"), 1018.0),
        auxiliary("api99", table.number("api99"), 3_914_069.0),
    ];
    let api00 = table.number("api00");
    for (distance, mean, se) in [
        (Distance::Linear, 665.309_071_166, 3.441_753_116),
        (Distance::Raking, 665.393_795_995, 3.437_753_539),
        (Distance::Logit { low: 0.4, high: 3.0 }, 665.415_121_396, 3.434_454_194),
    ] {
        let weighted = design.calibrated(&auxiliaries, distance).unwrap();
        let found = weighted.mean(&api00, &weighted.everyone()).unwrap();
        close(found.estimate, mean, 1e-9, "mean");
        // The published error is that of weights iterated to 1e-7 only; the linear one is solved at once.
        close(
            found.se.unwrap(),
            se,
            if distance == Distance::Linear { 1e-9 } else { 1e-6 },
            "se",
        );
        let ratios = weight_ratios(&weighted, &design);
        let (least, most) = (
            ratios.iter().copied().fold(9.0, f64::min),
            ratios.iter().copied().fold(0.0, f64::max),
        );
        if distance == Distance::Linear {
            close(least, 0.418_592_462_2, 1e-9, "least");
            close(most, 1.833_294_883_2, 1e-9, "most");
            let domain = table.equal(&weighted, "comp.imp", "Yes");
            let found = weighted.mean(&api00, &domain).unwrap();
            close(found.estimate, 672.049, 1e-6, "domain mean");
            close(found.se.unwrap(), 6.518_153, 1e-6, "domain se");
        } else {
            assert!(least > 0.0);
        }
        if let Distance::Logit { low, high } = distance {
            assert!(least > low && most < high);
        }
    }
}

#[test]
fn margins_that_cannot_be_met_are_named() {
    let (table, design) = design("apiclus1");
    let tight = Distance::Logit { low: 0.99, high: 1.01 };
    let enroll = Auxiliary {
        name: "enroll".into(),
        values: table.number("enroll"),
        total: 3_811_472.0,
    };
    let Err(Error::NotConverged { margins, .. }) = design.calibrated(&[enroll], tight) else {
        panic!("bounds this tight cannot hold");
    };
    assert!(
        margins.len() == 1 && margins[0].starts_with("enroll reached"),
        "{margins:?}"
    );
    // Two margins that count different numbers of schools contradict each other.
    let mut wide = school_wide(&table);
    wide.totals[0].1 += 500.0;
    assert!(matches!(
        design.raked(&[school_types(&table), wide]),
        Err(Error::NotConverged { .. })
    ));
    let mut types = school_types(&table);
    types.totals.remove(1);
    assert!(matches!(
        design.raked(std::slice::from_ref(&types)),
        Err(Error::Margin { .. })
    ));
    let mut types = school_types(&table);
    types.totals[2].1 = 0.0;
    let error = design.raked(std::slice::from_ref(&types)).unwrap_err();
    assert!(error.to_string().contains("not above zero"), "{error}");
}

#[test]
fn response_per_class_stands_against_the_register() {
    let unit = |class: &str, sampled: bool, weights: Option<(f64, f64)>| Registered {
        class: class.into(),
        sampled,
        weights,
    };
    let table = representation(&[
        unit("vo", true, Some((2.0, 1.0))),
        unit("po", true, Some((2.0, 3.0))),
        unit("po", true, None),
        unit("po", false, None),
    ]);
    assert_eq!(
        (
            table[0].class.as_str(),
            table[0].population,
            table[0].sampled,
            table[0].responded
        ),
        ("po", 3, 2, 1)
    );
    assert_eq!(
        (table[0].share_register, table[0].share_before, table[0].share_after),
        (0.75, Some(0.5), Some(0.75))
    );
    assert_eq!(table[1].response, Some(1.0));
}
