//! One test per oddity of real exports, named after it.

mod case;
mod containers;
mod damaged;
mod dataset;
mod example;
mod hostile;
mod layout;
mod limesurvey;
mod msforms;
mod organisations;
mod workbook;
