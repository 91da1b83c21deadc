use super::{Reading, Scale, unfilled};
use crate::yes_no::Convention;
use nulmeting_study::Framework;
use nulmeting_study::framework::{LevelName, Test, Text};
use nulmeting_study::shipped;
use nulmeting_study::words::{CellState, Status};

fn levels() -> Framework {
    shipped::codebook("normenkader-ibp-fo-2024").unwrap().unwrap()
}

fn read(framework: &Framework, text: &str) -> Reading {
    Scale::new(framework, &shipped::lexicon()).read(text, Convention::None)
}

#[test]
fn levels_as_people_and_tools_write_them() {
    for text in [
        "3",
        " 3 ",
        "3.0",
        "3,0",
        "03",
        "3 - Redelijk goed",
        "3) Redelijk",
        "Niveau 3: redelijk",
        "3 - zie toelichting",
        "3 - Bepaald",
        "3 \u{2013} Defined",
        "3: bepaald",
        "3. Bepaald",
        "Level 3 - Defined",
        "level 3",
        "Niveau 3",
        "Niveau 3: Bepaald",
        "Bepaald",
        "DEFINED",
        "Bepaald (3)",
        "\u{a0}3\t",
    ] {
        assert_eq!(read(&levels(), text).level, Some(3), "{text}");
    }
    assert_eq!(read(&levels(), "Ad  hoc").level, Some(1));
}

#[test]
fn what_is_not_on_the_scale_is_invalid() {
    for text in [
        "0",
        "6",
        "9",
        "-3",
        "2,5",
        "2.5",
        "3.10",
        "0+",
        "A9",
        "A0",
        "ABC3",
        "3 - Beheerst",
        "3 - 4",
        "2 of 3",
        "3, bijna 4",
        "-oth-",
        "Ja",
        "N",
        "drie",
        "?",
        "Niveau",
        "Niveau 6",
        "3A",
        "A3",
        "AO03",
        "3. 4 maatregelen",
    ] {
        assert_eq!(read(&levels(), text), Reading::none(Status::Invalid), "{text}");
    }
}

#[test]
fn reasons_are_kept_apart() {
    for (text, status) in [
        ("n.v.t.", Status::NotApplicable),
        ("N/A", Status::NotApplicable),
        ("Weet niet", Status::DontKnow),
        ("don\u{2019}t know", Status::DontKnow),
        ("Zeg ik liever niet", Status::Refused),
    ] {
        assert_eq!(read(&levels(), text), Reading::none(status), "{text}");
    }
}

#[test]
fn test_results_are_never_numbers() {
    let framework = shipped::codebook("normenkader-ibp-fo-2023").unwrap().unwrap();
    for (text, holds) in [
        ("Y", true),
        ("N", false),
        ("Ja", true),
        ("nee", false),
        ("Voldoet niet", false),
    ] {
        assert_eq!(read(&framework, text), Reading::of(holds), "{text}");
    }
    for text in ["1", "2", "0", "3", "A1", "Bepaald", "-oth-"] {
        assert_eq!(read(&framework, text).status, Status::Invalid, "{text}");
    }
}

#[test]
fn scale_from_zero_to_five_comes_from_the_codebook_alone() {
    let mut framework = levels();
    framework.levels.insert(
        0,
        LevelName {
            number: 0,
            name: Text {
                nl: "Afwezig".into(),
                en: "Absent".into(),
            },
        },
    );
    assert_eq!(framework.test, Test::Levels);
    assert_eq!(read(&framework, "0").level, Some(0));
    assert_eq!(read(&framework, "0 - Absent").level, Some(0));
    assert_eq!(read(&framework, "6").status, Status::Invalid);
}

#[test]
fn unfilled_cells_say_why() {
    assert_eq!(unfilled(CellState::NotShown, None), Some(Status::NotAsked));
    assert_eq!(unfilled(CellState::Empty, None), Some(Status::Skipped));
    assert_eq!(unfilled(CellState::Unknown, None), Some(Status::Skipped));
    assert_eq!(
        unfilled(CellState::Untouched, Some("1 - Ad hoc")),
        Some(Status::Skipped)
    );
    assert_eq!(unfilled(CellState::Filled, Some(" ")), Some(Status::Skipped));
    assert_eq!(unfilled(CellState::Filled, Some("1")), None);
}
