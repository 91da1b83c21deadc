//! Who could have answered, who was asked and who did.

use crate::words::SuccessionKind;

table! {
    /// An organisation of the register: the population of a wave.
    pub struct RegisterEntry, "register", one row per "wave and organisation of the register", key ["wave", "organisation"] {
        /// Wave of the measurement.
        wave: String;
        /// Organisation, under its pseudonym unless the study is identified.
        organisation: String;
        /// Name; absent unless the study is identified.
        name: Option<String>;
        /// Sector as the register spells it.
        sector: String;
        /// Pupils; absent when the register masks the count.
        pupils: Option<i64>, "pupils";
        /// Whether the organisation was asked; absent when the study does not say who was.
        asked: Option<bool>;
    }
}

table! {
    /// What became of an organisation: a merger, a split or a new number, from the register's history.
    pub struct Succession, "history", one row per "predecessor and successor", key ["date", "predecessor", "successor"] {
        /// Day from which it held, year-month-day.
        date: String;
        /// Organisation before, under its pseudonym unless the study is identified.
        predecessor: String;
        /// Organisation after, under its pseudonym unless the study is identified.
        successor: String;
        /// What happened.
        kind: SuccessionKind;
    }
}

table! {
    /// An organisation in a wave: its stratum, whether it answered, and what it counts for.
    pub struct Organisation, "organisations", one row per "wave and organisation of the register or the answers", key ["wave", "organisation"] {
        /// Wave of the measurement.
        wave: String;
        /// Organisation, under its pseudonym unless the study is identified.
        organisation: String;
        /// Sector; absent when the organisation is not in the register.
        sector: Option<String>;
        /// Size class by pupils; the lowest where the register masks the count; absent when the organisation is not in the register.
        size: Option<String>;
        /// Pupils; absent when the register masks the count or does not know the organisation.
        pupils: Option<i64>, "pupils";
        /// Stratum after collapsing; absent when the organisation is not in the register.
        stratum: Option<String>;
        /// Organisations of the register in the stratum.
        population: Option<i64>, "organisations";
        /// Whether it was asked; when the study does not say who was, those who answered were.
        sampled: bool;
        /// Whether it gave at least one usable answer.
        responded: bool;
        /// Organisations of the register that it stands for by design; absent unless it responded.
        design_weight: Option<f64>, "organisations";
        /// The same after calibration to the margins that the study names; absent unless it responded.
        weight: Option<f64>, "organisations";
    }
}

table! {
    /// Who is missing: how a class of the register is represented among those who answered, before and after weighting.
    pub struct Representation, "representation", one row per "wave, variable and class", key ["wave", "variable", "class"] {
        /// Wave of the measurement.
        wave: String;
        /// What is classified: stratum, sector or size.
        variable: String;
        /// The class.
        class: String;
        /// Organisations of the register in the class.
        population: i64, "organisations";
        /// Of these, asked.
        sampled: i64, "organisations";
        /// Of these, with a usable answer.
        responded: i64, "organisations";
        /// Answered over asked; absent when nobody was asked.
        response: Option<f64>, "share from 0 to 1";
        /// The class's share of the register.
        share_register: f64, "share from 0 to 1";
        /// Its share of those who answered, unweighted; absent when nobody answered.
        share_respondents: Option<f64>, "share from 0 to 1";
        /// Its share after weighting by design and, where the study says so, for non-response.
        share_design: Option<f64>, "share from 0 to 1";
        /// Its share after calibration too: by the weights that the estimates use.
        share_weighted: Option<f64>, "share from 0 to 1";
        /// Whether what is told of those who were asked and answered stays inside: they are few, or another class's few would follow.
        inside: bool;
    }
}
