//! Every function gives the same over every layout in which arrow keeps text, over slices, and over NULLs.
#![expect(clippy::expect_used, reason = "helpers of tests fail and speak as tests do")]

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::catalog::MemTable;
use datafusion::prelude::SessionContext;
use huntsql_kernels::catalogue::signatures;
use huntsql_kernels::spec::Kind;
use huntsql_kernels::types::ArgType;
use std::sync::Arc;

fn texts() -> ArrayRef {
    Arc::new(StringArray::from(vec![
        Some("left out by the slice"),
        Some("http://evil.test/a?b=c from 192.0.2.7, 2001:db8::1 and user@mail.example.com"),
        None,
        Some(""),
        Some("192.0.2.0/24"),
        Some("powershell -enc dwBoAG8AYQBtAGkA"),
        Some("xn--bcher-kva.example.com"),
        Some("http://evil.test/a?b=c from 192.0.2.7, 2001:db8::1 and user@mail.example.com"),
        Some("left out too"),
    ]))
}

fn layouts() -> Vec<(String, ArrayRef)> {
    let dictionary = |value| DataType::Dictionary(Box::new(DataType::Int32), Box::new(value));
    let plain = texts();
    [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View, dictionary(DataType::Utf8), dictionary(DataType::LargeUtf8)]
        .into_iter()
        .map(|ty| {
            let array = cast(&plain, &ty).expect("a cast");
            (ty.to_string(), array.slice(1, array.len() - 2))
        })
        .collect()
}

async fn call(sql: &str, array: &ArrayRef) -> String {
    let ctx = SessionContext::new();
    huntsql_datafusion::register_all(&ctx).expect("functions");
    // Two batches in two partitions: the result does not depend on how rows are spread.
    let batch = RecordBatch::try_from_iter([("x", Arc::clone(array))]).expect("a batch");
    let (first, second) = (batch.slice(0, 3), batch.slice(3, batch.num_rows() - 3));
    let table = MemTable::try_new(batch.schema(), vec![vec![first], vec![second]]).expect("a table");
    ctx.register_table("t", Arc::new(table)).expect("a name");
    let rows = ctx.sql(sql).await.expect("a plan").collect().await.expect("rows");
    pretty_format_batches(&rows).expect("text").to_string()
}

#[tokio::test]
async fn layouts_do_not_matter() {
    let mut seen = 0;
    for signature in signatures() {
        if signature.kind != Kind::Scalar || !signature.args.iter().all(|ty| *ty == ArgType::Text) {
            continue;
        }
        // A second text is what the function knows it by: a network or a type.
        let second = if signature.spec.name == "is_ioc" { "'url'" } else { "x" };
        let args = if signature.args.len() == 1 { "x".to_owned() } else { format!("x, {second}") };
        let sql = format!("SELECT CAST(x AS VARCHAR) AS input, huntsql_{}({args}) AS result FROM t ORDER BY input", signature.spec.name);
        let mut expected = None;
        for (layout, array) in layouts() {
            let result = call(&sql, &array).await;
            let expected = expected.get_or_insert_with(|| result.clone());
            assert_eq!(*expected, result, "{} over {layout}", signature.spec.name);
        }
        seen += 1;
    }
    assert!(seen > 10);
}

#[tokio::test]
async fn constants_and_columns_agree() {
    let array = texts();
    for name in ["defang", "b64_decode_text", "ip_type"] {
        let literal = call(&format!("SELECT {name}('192.0.2.7') AS result FROM t LIMIT 1"), &array).await;
        let column = call(&format!("SELECT {name}(y) AS result FROM (SELECT '192.0.2.7' AS y, x FROM t) s LIMIT 1"), &array).await;
        assert_eq!(literal, column, "{name}");
    }
}
