//! One test per oddity of real exports, named after it.

mod case;
mod corrections;
mod damaged;
mod example;
mod googleforms;
mod limesurvey;
mod limesurvey_kinds;
mod msforms;
mod organisations;
mod qualtrics;
mod surveymonkey;
mod tidy;
mod workbook;
