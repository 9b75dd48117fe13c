fn main() {
    let _sender = events::sender();
}
