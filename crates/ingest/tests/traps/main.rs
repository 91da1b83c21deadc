//! One test per oddity of real exports, named after it.

mod case;
mod cases;
mod containers;
mod corrections;
mod damaged;
mod dataset;
mod example;
mod googleforms;
mod hostile;
mod large;
mod layout;
mod limesurvey;
mod limesurvey_kinds;
mod limesurvey_stored;
mod msforms;
mod organisations;
mod qualtrics;
mod surveymonkey;
mod tidy;
mod workbook;
mod xlsb;
