//! The SQL names of types.

use datafusion::arrow::datatypes::DataType;

/// The SQL name of `data_type`: `TEXT`, `BIGINT`, `LIST(STRUCT(type TEXT))`.
pub fn type_name(data_type: &DataType) -> String {
    let flat = match data_type {
        DataType::Null => "NULL",
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "UTINYINT",
        DataType::UInt16 => "USMALLINT",
        DataType::UInt32 => "UINTEGER",
        DataType::UInt64 => "UBIGINT",
        DataType::Float16 | DataType::Float32 => "FLOAT",
        DataType::Float64 => "DOUBLE",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "TEXT",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => "BLOB",
        DataType::Date32 | DataType::Date64 => "DATE",
        DataType::Time32(_) | DataType::Time64(_) => "TIME",
        DataType::Timestamp(_, None) => "TIMESTAMP",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMPTZ",
        DataType::Duration(_) => "DURATION",
        DataType::Interval(_) => "INTERVAL",
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => return format!("DECIMAL({precision}, {scale})"),
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _) => return format!("LIST({})", type_name(field.data_type())),
        DataType::Struct(fields) => {
            let fields: Vec<_> = fields.iter().map(|field| format!("{} {}", field.name(), type_name(field.data_type()))).collect();
            return format!("STRUCT({})", fields.join(", "));
        }
        DataType::Map(entries, _) => {
            return match entries.data_type() {
                DataType::Struct(fields) => {
                    let types: Vec<_> = fields.iter().map(|field| type_name(field.data_type())).collect();
                    format!("MAP({})", types.join(", "))
                }
                _ => "MAP".to_owned(),
            };
        }
        DataType::Dictionary(_, value) => return type_name(value),
        DataType::RunEndEncoded(_, values) => return type_name(values.data_type()),
        DataType::Union(fields, _) => {
            let types: Vec<_> = fields.iter().map(|(_, field)| format!("{} {}", field.name(), type_name(field.data_type()))).collect();
            return format!("UNION({})", types.join(", "));
        }
    };
    flat.to_owned()
}
