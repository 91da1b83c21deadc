//! Makes the sums of a study on a Ballista cluster, from the SQL that `nulmeting sql` prints.
//!
//! Usage: nulmeting-ballista SCHEDULER SQL ANSWERS ORGANISATIONS TO
//!
//! SCHEDULER: its address, as `df://127.0.0.1:50050`. SQL: the folder of the queries. ANSWERS: a Parquet file, or a
//! folder by wave. TO: gets what `nulmeting analyze --sufficient TO` reads. The executors read and write the same paths
//! as this program: a folder that all share, or an object store.

use ballista::datafusion::arrow::datatypes::DataType;
use ballista::datafusion::common::Result;
use ballista::datafusion::dataframe::DataFrameWriteOptions;
use ballista::datafusion::error::DataFusionError;
use ballista::datafusion::prelude::{ParquetReadOptions, SessionContext};
use ballista::prelude::SessionContextExt;
use std::path::Path;
use std::time::Instant;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [scheduler, sql, answers, organisations, to] = arguments.as_slice() else {
        return Err(DataFusionError::Plan(
            "expected SCHEDULER SQL ANSWERS ORGANISATIONS TO".to_owned(),
        ));
    };
    let cluster = SessionContext::remote(scheduler).await?;
    let plain = ParquetReadOptions::default();
    if Path::new(answers).is_dir() {
        let by_wave = plain
            .clone()
            .table_partition_cols(vec![("wave".to_owned(), DataType::Utf8)]);
        cluster
            .register_parquet("answers", format!("{answers}/"), by_wave)
            .await?;
    } else {
        cluster.register_parquet("answers", answers, plain.clone()).await?;
    }
    cluster
        .register_parquet("organisations", organisations, plain.clone())
        .await?;
    for name in ["answer_counts", "unit_sums", "level_counts"] {
        let started = Instant::now();
        let query = std::fs::read_to_string(Path::new(sql).join(format!("{name}.sql")))?;
        // A folder: every task writes its own part of it.
        let folder = format!("{to}/{name}/");
        let sums = cluster.sql(&query).await?;
        sums.write_parquet(&folder, DataFrameWriteOptions::new(), None).await?;
        cluster.register_parquet(name, &folder, plain.clone()).await?;
        println!("ballista {name}: {:.2} s", started.elapsed().as_secs_f64());
    }
    std::fs::copy(organisations, Path::new(to).join("organisations.parquet"))?;
    Ok(())
}
