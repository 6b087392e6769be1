//! YAML 1.1 to [`Node`]s, on libyaml's event parser (through `unsafe-libyaml`).
//!
//! This file is the one place of the project with `unsafe`: [`Parser`] wraps libyaml's parser so that nothing outside can
//! misuse it. What the events mean is worked out in `yaml/build.rs`.
#![allow(unsafe_code)]

mod build;
mod errors;
mod tags;

use std::ffi::CStr;
use std::marker::PhantomData;
use std::mem::MaybeUninit;

pub use build::{MAX_ALIAS_NODES, Stream, parse, parse_stream};

/// What a scalar or collection start carries beside its content.
#[derive(Debug, Default)]
struct Properties {
    anchor: Option<String>,
    /// As libyaml resolves it: `!Sub`, `tag:yaml.org,2002:str`, or a lone `!`.
    tag: Option<String>,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ScalarStyle {
    Plain,
    Quoted,
    Block,
}

#[derive(Debug)]
enum EventKind {
    DocumentStart,
    DocumentEnd,
    Alias(String),
    Scalar {
        properties: Properties,
        value: String,
        style: ScalarStyle,
    },
    SequenceStart {
        properties: Properties,
        flow: bool,
    },
    MappingStart {
        properties: Properties,
        flow: bool,
    },
    /// Of a sequence or mapping.
    End,
    StreamEnd,
}

/// An event and its byte range. The range of a block collection's end is that of the next token.
#[derive(Debug)]
struct Event {
    kind: EventKind,
    start: usize,
    end: usize,
}

/// libyaml's account of an error.
#[derive(Debug)]
struct Failure {
    problem: String,
    /// Byte offset of the problem.
    offset: usize,
    context: Option<String>,
    /// Byte offset of the context.
    context_offset: usize,
}

/// A libyaml parser over a borrowed text.
struct Parser<'t> {
    // Owned, made by `Box::into_raw`. A raw pointer, because libyaml keeps a pointer to the parser inside the parser itself:
    // going through a `Box` would assert uniqueness that is not there.
    raw: *mut unsafe_libyaml::yaml_parser_t,
    finished: bool,
    text: PhantomData<&'t str>,
}

impl<'t> Parser<'t> {
    /// `None` where libyaml cannot be set up (out of memory).
    fn new(text: &'t str) -> Option<Self> {
        let raw = Box::into_raw(Box::new(MaybeUninit::<unsafe_libyaml::yaml_parser_t>::uninit())).cast::<unsafe_libyaml::yaml_parser_t>();
        // SAFETY: `raw` is valid for writes of a whole parser, and `initialize` writes all of it before anything is read.
        if unsafe { unsafe_libyaml::yaml_parser_initialize(raw) }.fail {
            // SAFETY: `raw` comes from `Box::into_raw` above; the box holds `MaybeUninit`, so nothing is dropped inside.
            drop(unsafe { Box::from_raw(raw.cast::<MaybeUninit<unsafe_libyaml::yaml_parser_t>>()) });
            return None;
        }
        // SAFETY: `raw` was initialised; `text` outlives the parser by the lifetime 't, and its length is in bytes.
        unsafe {
            unsafe_libyaml::yaml_parser_set_encoding(raw, unsafe_libyaml::YAML_UTF8_ENCODING);
            unsafe_libyaml::yaml_parser_set_input_string(raw, text.as_ptr(), text.len() as u64);
        }
        Some(Parser { raw, finished: false, text: PhantomData })
    }

    /// The next event. After an error, and after the end of the stream, it is [`EventKind::StreamEnd`] for ever.
    fn next(&mut self) -> Result<Event, Failure> {
        loop {
            if self.finished {
                return Ok(Event { kind: EventKind::StreamEnd, start: 0, end: 0 });
            }
            let mut event = MaybeUninit::<unsafe_libyaml::yaml_event_t>::uninit();
            // SAFETY: the parser is initialised and has its input; `event` is valid for writes.
            if unsafe { unsafe_libyaml::yaml_parser_parse(self.raw, event.as_mut_ptr()) }.fail {
                self.finished = true;
                return Err(self.failure());
            }
            // SAFETY: on success libyaml has written the whole event (zeroes where there is none).
            let mut event = unsafe { event.assume_init() };
            // SAFETY: the event came from the parser just now and was not deleted.
            let kind = unsafe { event_kind(&event) };
            let (start, end) = (event.start_mark.index as usize, event.end_mark.index as usize);
            // SAFETY: deleted once; `kind` has copies of all it needs.
            unsafe { unsafe_libyaml::yaml_event_delete(&mut event) };
            if let Some(kind) = kind {
                self.finished = matches!(kind, EventKind::StreamEnd);
                return Ok(Event { kind, start, end });
            }
        }
    }

    fn failure(&self) -> Failure {
        // SAFETY: the parser is initialised; its messages are null or static strings of libyaml, ended by a zero byte.
        let parser = unsafe { &**self.raw };
        let message = |text: *const std::ffi::c_char| {
            // SAFETY: as above, checked for null here.
            (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
        };
        // Errors of the reader (a control character) have an offset; all others have a mark.
        let offset = match parser.error {
            unsafe_libyaml::YAML_READER_ERROR => parser.problem_offset,
            _ => parser.problem_mark.index,
        };
        Failure {
            problem: message(parser.problem.cast()).unwrap_or_else(|| "out of memory".to_owned()),
            offset: offset as usize,
            context: message(parser.context.cast()),
            context_offset: parser.context_mark.index as usize,
        }
    }
}

impl Drop for Parser<'_> {
    fn drop(&mut self) {
        // SAFETY: initialised in `new` and deleted here only; the memory comes from `Box::into_raw` of this very type.
        unsafe {
            unsafe_libyaml::yaml_parser_delete(self.raw);
            drop(Box::from_raw(self.raw.cast::<MaybeUninit<unsafe_libyaml::yaml_parser_t>>()));
        }
    }
}

/// Copies what is needed out of an event; `None` for events that mean nothing here.
///
/// # Safety
/// `event` was written by `yaml_parser_parse` and is not deleted yet.
unsafe fn event_kind(event: &unsafe_libyaml::yaml_event_t) -> Option<EventKind> {
    // SAFETY (of every block below): the union's field is the one that the event's type names, and its strings are null, or
    // end in a zero byte, or have the length beside them.
    Some(match event.type_ {
        unsafe_libyaml::YAML_DOCUMENT_START_EVENT => EventKind::DocumentStart,
        unsafe_libyaml::YAML_DOCUMENT_END_EVENT => EventKind::DocumentEnd,
        unsafe_libyaml::YAML_NO_EVENT | unsafe_libyaml::YAML_STREAM_END_EVENT => EventKind::StreamEnd,
        unsafe_libyaml::YAML_SEQUENCE_END_EVENT | unsafe_libyaml::YAML_MAPPING_END_EVENT => EventKind::End,
        unsafe_libyaml::YAML_ALIAS_EVENT => EventKind::Alias(unsafe { string(event.data.alias.anchor) }.unwrap_or_default()),
        unsafe_libyaml::YAML_SCALAR_EVENT => {
            let scalar = unsafe { &event.data.scalar };
            let bytes = unsafe { std::slice::from_raw_parts(scalar.value, scalar.length as usize) };
            EventKind::Scalar {
                properties: unsafe { properties(scalar.anchor, scalar.tag) },
                value: String::from_utf8_lossy(bytes).into_owned(),
                style: match scalar.style {
                    unsafe_libyaml::YAML_PLAIN_SCALAR_STYLE => ScalarStyle::Plain,
                    unsafe_libyaml::YAML_LITERAL_SCALAR_STYLE | unsafe_libyaml::YAML_FOLDED_SCALAR_STYLE => ScalarStyle::Block,
                    _ => ScalarStyle::Quoted,
                },
            }
        }
        unsafe_libyaml::YAML_SEQUENCE_START_EVENT => {
            let start = unsafe { &event.data.sequence_start };
            let flow = start.style == unsafe_libyaml::YAML_FLOW_SEQUENCE_STYLE;
            EventKind::SequenceStart { properties: unsafe { properties(start.anchor, start.tag) }, flow }
        }
        unsafe_libyaml::YAML_MAPPING_START_EVENT => {
            let start = unsafe { &event.data.mapping_start };
            let flow = start.style == unsafe_libyaml::YAML_FLOW_MAPPING_STYLE;
            EventKind::MappingStart { properties: unsafe { properties(start.anchor, start.tag) }, flow }
        }
        _ => return None,
    })
}

/// # Safety
/// Both are null, or point to bytes that end in a zero byte.
unsafe fn properties(anchor: *const u8, tag: *const u8) -> Properties {
    // SAFETY: the caller's promise.
    unsafe { Properties { anchor: string(anchor), tag: string(tag) } }
}

/// # Safety
/// `text` is null, or points to bytes that end in a zero byte.
unsafe fn string(text: *const u8) -> Option<String> {
    // SAFETY: the caller's promise.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text.cast()) }.to_string_lossy().into_owned())
}
