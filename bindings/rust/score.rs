// SPDX-License-Identifier: MIT
//! libkam from Rust, without a crate: fits a book and scores each of its accounts.
//!   rustc -O -L build/lib -o score bindings/rust/score.rs && ./score bindings/book.csv
//!
//! Records are arrays of the doubles of kam_account. Structs that libkam fills are
//! blocks larger than any of them: struct_size says how large, what it does not
//! know of is zero.
use std::ffi::{c_char, c_void, CStr};
use std::ptr::null;

const FIELDS: usize = 17; // of kam_account, repeat_orders .. log_gaps
const NO_DAY: i32 = i32::MIN;
const ENGLISH: i32 = 1;

#[repr(C, align(16))]
struct Block([u32; 2048]);

impl Block {
    fn new() -> Box<Block> {
        let mut made = Box::new(Block([0; 2048]));
        made.0[0] = 8192;
        made
    }
    fn put<T>(&mut self, at: usize, address: *mut T) {
        unsafe { (self.0.as_mut_ptr() as *mut u8).add(at).cast::<*mut T>().write(address) }
    }
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Reason {
    id: i32,
    reserved: i32,
    contribution: f64,
    value: f64,
}

#[link(name = "kam")]
extern "C" {
    fn kam_accounts_of(record: *const f64, size: u64, n: i64, view: *mut Block) -> i32;
    fn kam_fit(parts: *const Block, n: i64, options: *const c_void, host: *const c_void, models: *mut Block,
               report: *const c_void, diag: *const c_void) -> i32;
    fn kam_score_one(record: *const f64, size: u64, models: *const Block, policy: *const c_void, as_of_day: i32,
                     out: *const Block, diag: *const c_void) -> i32;
    fn kam_reason_text(reason: *const Reason, language: i32, text: *mut c_char, size: u64, diag: *const c_void) -> i32;
    fn kam_status_text(status: i32) -> *const c_char;
}

fn must(status: i32) {
    if status != 0 {
        panic!("{}", unsafe { CStr::from_ptr(kam_status_text(status)) }.to_str().unwrap());
    }
}

/// An empty field is not known.
fn read(path: &str) -> (Vec<String>, Vec<[f64; FIELDS]>) {
    let text = std::fs::read_to_string(path).expect("the book");
    text.lines().skip(1).map(|line| {
        let mut account = [f64::NAN; FIELDS];
        let mut cells = line.split(',');
        let name = cells.next().unwrap().to_string();
        for (field, cell) in account.iter_mut().zip(cells) {
            *field = if cell.is_empty() { f64::NAN } else { cell.parse().expect("a number") };
        }
        (name, account)
    }).unzip()
}

fn main() {
    let (names, book) = read(&std::env::args().nth(1).expect("a book"));
    let size = (FIELDS * 8) as u64;
    let (mut all, mut models, mut scores) = (Block::new(), Block::new(), Block::new());
    let (mut tier, mut value, mut risk) = (0i32, 0f64, 0f64);
    let mut why = [Reason::default(); 4];
    scores.put(8, &mut tier); // offsets of kam_scores
    scores.put(80, &mut value);
    scores.put(104, &mut risk);
    scores.put(112, why.as_mut_ptr());
    unsafe {
        must(kam_accounts_of(book[0].as_ptr(), size, book.len() as i64, &mut *all));
        must(kam_fit(&*all, 1, null(), null(), &mut *models, null(), null()));
    }
    for (name, account) in names.iter().zip(&book) {
        let mut text = [0 as c_char; 160];
        let said = unsafe {
            must(kam_score_one(account.as_ptr(), size, &*models, null(), NO_DAY, &*scores, null()));
            must(kam_reason_text(&why[1], ENGLISH, text.as_mut_ptr(), 160, null()));
            CStr::from_ptr(text.as_ptr())
        };
        let (value, risk) = unsafe { (std::ptr::read_volatile(&value), std::ptr::read_volatile(&risk)) };
        let tier = unsafe { std::ptr::read_volatile(&tier) };
        println!("{} {} {:016x} {:016x} {:.6} {}", name, tier, value.to_bits(), risk.to_bits(), risk,
                 said.to_str().unwrap());
    }
}
