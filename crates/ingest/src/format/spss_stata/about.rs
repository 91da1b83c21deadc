//! The variables of a data file that are about the response or the respondent, by their names.

use crate::container::dataset::Dataset;
use crate::format::heading::plain;

/// Names of the variable with the key of a response, as they are compared.
const KEY: &[&str] = &[
    "id",
    "responseid",
    "respondentid",
    "respondent",
    "respnr",
    "caseid",
    "volgnummer",
];
/// Names of variables with the day on which a response was handed in or last touched.
const SUBMITTED: &[&str] = &["submitdate", "enddate", "recordeddate", "datestamp", "startdate"];
/// Names of other variables about the response or the respondent.
const ASIDE: &[&str] = &[
    "lastpage",
    "startlanguage",
    "seed",
    "token",
    "ipaddr",
    "ipaddress",
    "refurl",
    "firstname",
    "lastname",
    "email",
    "emailaddress",
    "recipientfirstname",
    "recipientlastname",
    "recipientemail",
    "externalreference",
    "locationlatitude",
    "locationlongitude",
    "distributionchannel",
    "userlanguage",
    "status",
    "progress",
    "finished",
    "durationinseconds",
    "interviewtime",
];
/// The variables about a response: they are looked up once, and not for every row.
pub(super) struct About {
    pub(super) key: Option<usize>,
    pub(super) submitdate: Option<usize>,
    pub(super) finished: Option<usize>,
    /// Those with a day, in the order in which they are asked.
    pub(super) dated: Vec<usize>,
    /// Previews and tests, in files that come from a tool which marks them so.
    pub(super) status: Option<usize>,
    pub(super) token: Option<usize>,
}

impl About {
    pub(super) fn of(dataset: &Dataset) -> Self {
        let names: Vec<String> = dataset.variables.iter().map(|own| plain(&own.name)).collect();
        let variable = |name: &str| names.iter().position(|own| own == name);
        Self {
            key: KEY.iter().find_map(|name| variable(name)),
            submitdate: variable("submitdate"),
            finished: variable("finished"),
            dated: SUBMITTED.iter().filter_map(|name| variable(name)).collect(),
            status: variable("status").filter(|_| variable("recordeddate").is_some()),
            token: variable("token"),
        }
    }
}

/// Whether a variable is about the response or the respondent.
pub(super) fn is_aside(name: &str) -> bool {
    let name = plain(name);
    let lists = [KEY, SUBMITTED, ASIDE];
    lists.iter().any(|list| list.contains(&name.as_str())) || name.starts_with("grouptime")
}
