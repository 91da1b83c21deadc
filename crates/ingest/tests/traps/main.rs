//! One test per oddity of real exports, named after it.

mod case;
mod damaged;
mod example;
mod limesurvey;
mod msforms;
mod organisations;
mod workbook;
