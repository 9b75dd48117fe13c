fn main() {
    println!("books");
}
