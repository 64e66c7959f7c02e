/// Replaces several segments of a table by others at once.
@NullMarked
package io.cuvee.controller.replace;

import org.jspecify.annotations.NullMarked;
