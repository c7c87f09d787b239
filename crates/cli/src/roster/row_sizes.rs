//! The size in bytes of each row of a batch when it is written.

use arrow_array::{
    Array, ArrayRef, GenericByteArray,
    cast::AsArray,
    types::{BinaryType, BinaryViewType, ByteArrayType, LargeBinaryType, LargeUtf8Type, StringViewType, Utf8Type},
};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;

/// The size of a value whose type has a fixed size.
const FIXED: usize = 16;

/// The size of every row, over all columns.
pub(crate) fn of(columns: &[ArrayRef], rows: usize) -> Vec<usize> {
    let mut sizes = vec![0; rows];
    for column in columns {
        add(column, &mut sizes);
    }
    sizes
}

fn add(column: &dyn Array, sizes: &mut [usize]) {
    match column.data_type() {
        DataType::Utf8 => add_offsets::<Utf8Type>(column.as_string(), sizes),
        DataType::LargeUtf8 => add_offsets::<LargeUtf8Type>(column.as_string(), sizes),
        DataType::Binary => add_offsets::<BinaryType>(column.as_binary(), sizes),
        DataType::LargeBinary => add_offsets::<LargeBinaryType>(column.as_binary(), sizes),
        DataType::Utf8View => add_views(column.as_byte_view::<StringViewType>().views(), sizes),
        DataType::BinaryView => add_views(column.as_byte_view::<BinaryViewType>().views(), sizes),
        DataType::FixedSizeBinary(width) => add_each(usize::try_from(*width).unwrap_or(0), sizes),
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let values = dictionary.values();
            if !values.is_empty() {
                let of_values = of(std::slice::from_ref(values), values.len());
                let keys = dictionary.normalized_keys();
                sizes.iter_mut().zip(keys).for_each(|(size, key)| *size += of_values[key]);
            }
        }
        found if found.is_nested() => {
            // An audit shows such values as text. All rows are assumed to have the same size.
            add_each(column.get_array_memory_size() / column.len().max(1), sizes);
        }
        _ => add_each(FIXED, sizes),
    }
}

fn add_each(bytes: usize, sizes: &mut [usize]) {
    sizes.iter_mut().for_each(|size| *size += bytes);
}

fn add_offsets<T: ByteArrayType>(column: &GenericByteArray<T>, sizes: &mut [usize]) {
    let lengths = column.value_offsets().windows(2).map(|pair| (pair[1] - pair[0]).as_usize());
    sizes.iter_mut().zip(lengths).for_each(|(size, length)| *size += length);
}

/// A view begins with the length of its value.
fn add_views(views: &[u128], sizes: &mut [usize]) {
    sizes.iter_mut().zip(views).for_each(|(size, view)| *size += *view as u32 as usize);
}
