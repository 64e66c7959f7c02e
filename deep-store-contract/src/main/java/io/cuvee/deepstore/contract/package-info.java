/// What every deep store owes, as tests.
@NullMarked
package io.cuvee.deepstore.contract;

import org.jspecify.annotations.NullMarked;
