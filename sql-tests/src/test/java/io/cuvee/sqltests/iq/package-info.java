/// SQL scripts with their expected rows inline.
@NullMarked
package io.cuvee.sqltests.iq;

import org.jspecify.annotations.NullMarked;
