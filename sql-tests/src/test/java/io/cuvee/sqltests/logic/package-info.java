/// SQLite's suite of logic tests, asked of segments in this process.
@NullMarked
package io.cuvee.sqltests.logic;

import org.jspecify.annotations.NullMarked;
