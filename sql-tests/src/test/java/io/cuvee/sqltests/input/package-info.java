/// Wrong input, and what it must leave untouched.
@NullMarked
package io.cuvee.sqltests.input;

import org.jspecify.annotations.NullMarked;
