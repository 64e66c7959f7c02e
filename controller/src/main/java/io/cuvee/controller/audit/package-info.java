/// Compares all that is known of a live cluster, and changes nothing.
@NullMarked
package io.cuvee.controller.audit;

import org.jspecify.annotations.NullMarked;
