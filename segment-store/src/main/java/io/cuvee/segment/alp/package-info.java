/// Doubles that are decimals, stored as scaled integers: ALP.
@NullMarked
package io.cuvee.segment.alp;

import org.jspecify.annotations.NullMarked;
