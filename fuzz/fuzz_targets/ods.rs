#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nulmeting_fuzz::targets::run("ods", bytes));
