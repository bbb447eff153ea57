//! Orders in several currencies: the amounts of each are read in its own, wherever they stand in it.

use super::*;

const HEADER: &str = "Order ID,Customer Name,Order Date,Order Status,Subtotal (inc tax),Subtotal (ex tax),Tax Total,\
    Shipping Cost (inc tax),Shipping Cost (ex tax),Order Total (inc tax),Order Total (ex tax),Total Quantity,\
    Total Shipped,Date Shipped,Order Currency Code,Shipping Country,Product Details,Refund Amount,Channel Name\n";

/// An order whose line is packed into one cell.
fn packed(number: usize, currency: &str, amount: &str) -> String {
    format!(
        "{number},A Buyer,24/12/2025,Completed,{amount},{amount},0,0,0,{amount},{amount},1,1,27/12/2025,{currency},US,\
         \"Product ID: 77, Product Qty: 1, Product SKU: MUG, Product Name: Mug, Product Unit Price: {amount}, Product \
         Total Price: {amount}\",0,Store\n"
    )
}

#[test]
fn packed_lines_are_read_in_the_currency_of_their_order() {
    let mut text = HEADER.to_owned();
    for number in 0..400 {
        text += &match number % 50 {
            7 => packed(number, "JPY", "2000"),
            _ => packed(number, "USD", "20.50"),
        };
    }
    let folder = shop("bigcommerce/orders.csv", &text);
    for bytes in [500, 9_000, text.len()] {
        let (rows, rejects, _) = read_with(folder.path(), "bigcommerce/orders.csv", bytes);
        // A line and the total of each order.
        assert_eq!((rows.len(), rejects.len()), (800, 0), "in blocks of {bytes}: {:?}", rejects.first());
    }
}

#[test]
fn the_sign_of_another_currency_is_no_amount_of_this_one() {
    let text = HEADER.to_owned()
        + &packed(1, "USD", "20.50").replace("Price: 20.50", "Price: €20.50")
        + &packed(2, "EUR", "20.50");
    let folder = shop("bigcommerce/orders.csv", &text);
    let (rows, rejects, _) = read_with(folder.path(), "bigcommerce/orders.csv", text.len());
    assert_eq!((rows.len(), rejects.len()), (2, 1), "a line and a total of the second order");
}
