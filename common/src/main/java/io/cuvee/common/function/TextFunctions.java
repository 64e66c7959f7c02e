package io.cuvee.common.function;

import static io.cuvee.common.function.ScalarFunction.Argument.ANY;
import static io.cuvee.common.function.ScalarFunction.Argument.BINARY;
import static io.cuvee.common.function.ScalarFunction.Argument.INTEGER;
import static io.cuvee.common.function.ScalarFunction.Argument.TEXT;

import io.cuvee.common.function.ScalarFunction.Nulls;
import io.cuvee.common.function.ScalarFunction.Result;
import java.util.List;

/// Functions of text, beside those that SQL itself has.
final class TextFunctions {
  private TextFunctions() {}

  static void declare(Declarations all) {
    all.function(
        "CONCAT_WS",
        List.of("CONCATWS"),
        Result.STRING,
        Nulls.CALLED,
        1,
        true,
        "The texts from the second on, with the first between them; NULLs are left out.",
        TEXT,
        TEXT);
    all.function(
        "TRANSLATE",
        List.of("TRANSLATE3"),
        Result.STRING,
        3,
        "Each character of the second is replaced by that of the third in the same place, or left"
            + " out if there is none.",
        TEXT,
        TEXT,
        TEXT);
    all.function(
        "CHR",
        List.of("CODEPOINT_TO_TEXT"),
        Result.STRING,
        1,
        "The character of a code point.",
        INTEGER);
    all.function(
        "CONTAINS",
        List.of(),
        Result.BOOLEAN,
        2,
        "Whether the second is in the first.",
        TEXT,
        TEXT);
    all.function(
        "OCTET_LENGTH", List.of(), Result.LONG, 1, "Number of bytes, of a text in UTF-8.", ANY);
    all.function(
        "BIT_LENGTH", List.of(), Result.LONG, 1, "Number of bits, of a text in UTF-8.", ANY);
    all.function(
        "HEX",
        List.of("TO_HEX"),
        Result.STRING,
        1,
        "A number, or the bytes of a text or of BYTES, in hexadecimal.",
        ANY);
    all.function(
        "UNHEX",
        List.of("FROM_HEX", "HEXTOBYTES"),
        Result.BYTES,
        1,
        "The bytes that a text in hexadecimal stands for.",
        TEXT);
    all.function(
        "BYTESTOHEX",
        List.of(),
        Result.STRING,
        1,
        "Bytes in hexadecimal, in small letters.",
        BINARY);
    all.function(
        "TO_BASE64",
        List.of("BASE64", "TOBASE64"),
        Result.STRING,
        1,
        "BYTES or a text in Base64.",
        ANY);
    all.function(
        "FROM_BASE64",
        List.of("FROMBASE64"),
        Result.BYTES,
        1,
        "The bytes that a text in Base64 stands for.",
        TEXT);
    all.function(
        "TO_UTF8", List.of("TOUTF8", "ENCODE"), Result.BYTES, 1, "The bytes of a text.", TEXT);
    all.function(
        "FROM_UTF8",
        List.of("FROMUTF8"),
        Result.STRING,
        1,
        "The text whose bytes they are.",
        BINARY);
    all.function("SHA1", List.of("SHA"), Result.STRING, 1, "Hash in hexadecimal.", TEXT);
    all.function("SHA512", List.of(), Result.STRING, 1, "Hash in hexadecimal.", TEXT);
    all.function("CRC32", List.of(), Result.LONG, 1, "Checksum of a text.", TEXT);
    all.function(
        "LEVENSHTEIN",
        List.of("EDITDIST3", "LEVENSHTEIN_DISTANCE", "LEVENSHTEINDISTANCE"),
        Result.LONG,
        2,
        "How many characters must be inserted, left out or replaced to make one of the other.",
        TEXT,
        TEXT);
    all.function(
        "DAMERAU_LEVENSHTEIN",
        List.of(),
        Result.LONG,
        2,
        "As LEVENSHTEIN, but two neighbours that change places count once.",
        TEXT,
        TEXT);
    all.function(
        "JARO_SIMILARITY",
        List.of(),
        Result.DOUBLE,
        2,
        "How alike two texts are by characters that stand near each other in both, from 0 to 1.",
        TEXT,
        TEXT);
    all.function(
        "JARO_WINKLER_SIMILARITY",
        List.of(),
        Result.DOUBLE,
        2,
        "The same, more if they begin alike.",
        TEXT,
        TEXT);
    all.function(
        "HAMMING",
        List.of("HAMMING_DISTANCE", "MISMATCHES", "HAMMINGDISTANCE"),
        Result.LONG,
        2,
        "In how many places two texts of one length differ.",
        TEXT,
        TEXT);
    all.function(
        "JACCARD",
        List.of(),
        Result.DOUBLE,
        2,
        "How many of the characters of both they have in common, from 0 to 1.",
        TEXT,
        TEXT);
    all.function(
        "SOUNDEX",
        List.of(),
        Result.STRING,
        1,
        "The sound of an English word, a letter and three digits.",
        TEXT);
    all.function(
        "STRIP_ACCENTS",
        List.of("UNACCENT"),
        Result.STRING,
        1,
        "Letters without their accents.",
        TEXT);
    all.function(
        "QUOTE_LITERAL", List.of(), Result.STRING, 1, "The text as a literal of SQL.", TEXT);
    all.function(
        "QUOTE_IDENT", List.of(), Result.STRING, 1, "The text as a quoted name of SQL.", TEXT);
    all.function(
        "URL_ENCODE",
        List.of("ENCODEURL"),
        Result.STRING,
        1,
        "With what URLs cannot hold as %XX.",
        TEXT);
    all.function(
        "URL_DECODE",
        List.of("DECODEURL"),
        Result.STRING,
        1,
        "The opposite of URL_ENCODE; + stays.",
        TEXT);
    all.function(
        "TEXT_SLICE",
        List.of(),
        Result.STRING,
        3,
        "The characters from the second to the third, counted from 1, or from the end if negative;"
            + " `text[2:3]`.",
        TEXT,
        INTEGER,
        INTEGER);
    all.function(
        "TEXT_ITEM",
        List.of(),
        Result.STRING,
        2,
        "The character at a place, counted as of TEXT_SLICE; `text[2]`.",
        TEXT,
        INTEGER);
    all.function(
        "FORMAT",
        List.of(),
        Result.STRING,
        Nulls.CALLED,
        1,
        true,
        "The first with {}, {:>8.2f}, {1} and %s replaced by the others: the next, how it is"
            + " written, which one from 0.",
        TEXT,
        ANY);
    all.function(
        "PRINTF",
        List.of(),
        Result.STRING,
        Nulls.STRICT,
        1,
        true,
        "The others in the form that the first gives, as %d, %5.2f, %s.",
        TEXT,
        ANY);
    all.function(
        "REGEXP_EXTRACT",
        List.of("REGEXPEXTRACT", "REGEXP_SUBSTR"),
        Result.STRING,
        2,
        "What an RE2 pattern finds first, or the group of it that the third names; the fourth, or"
            + " an empty text, if it finds nothing.",
        TEXT,
        TEXT,
        INTEGER,
        TEXT);
    all.function(
        "REGEXP_ESCAPE",
        List.of(),
        Result.STRING,
        1,
        "The RE2 pattern that finds this text and nothing else.",
        TEXT);
    all.function(
        "REGEXP_EXTRACT_ALL",
        List.of(),
        Result.TEXTS,
        2,
        "All that an RE2 pattern finds, or the group of each that the third names.",
        TEXT,
        TEXT,
        INTEGER);
    all.function(
        "REGEXP_SPLIT",
        List.of("REGEXP_SPLIT_TO_ARRAY", "STRING_SPLIT_REGEX", "STR_SPLIT_REGEX"),
        Result.TEXTS,
        2,
        "What is between the places that an RE2 pattern finds.",
        TEXT,
        TEXT);
    all.function(
        "REGEXP_FULL_MATCH",
        List.of(),
        Result.BOOLEAN,
        2,
        "Whether an RE2 pattern matches the whole text; flags as in REGEXP_LIKE.",
        TEXT,
        TEXT,
        TEXT);
    all.function(
        "REGEXP_COUNT",
        List.of(),
        Result.LONG,
        2,
        "How often an RE2 pattern is found.",
        TEXT,
        TEXT);
    all.function(
        "STRING_SPLIT",
        List.of("SPLIT", "STR_SPLIT", "STRING_TO_ARRAY"),
        Result.TEXTS,
        2,
        "The parts between separators.",
        TEXT,
        TEXT);
    all.function(
        "PARSE_PATH",
        List.of(),
        Result.TEXTS,
        1,
        "The parts of a path; the second says which slashes part them: 'both_slash', 'system',"
            + " 'forward_slash' or 'backslash'.",
        TEXT,
        TEXT);
    all.function(
        "PARSE_FILENAME",
        List.of(),
        Result.STRING,
        1,
        "The last part of a path, without what is behind its last dot if the second is true; slashes"
            + " as in PARSE_PATH.",
        TEXT,
        ANY,
        TEXT);
    all.function(
        "PARSE_DIRNAME",
        List.of(),
        Result.STRING,
        1,
        "The first part of a path if others follow, else an empty text; slashes as in PARSE_PATH.",
        TEXT,
        TEXT);
    all.function(
        "PARSE_DIRPATH",
        List.of(),
        Result.STRING,
        1,
        "A path without its last part; slashes as in PARSE_PATH.",
        TEXT,
        TEXT);
  }
}
