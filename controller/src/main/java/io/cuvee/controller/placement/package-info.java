/// Which server holds which segment: who leads, what is assigned, what has arrived.
@NullMarked
package io.cuvee.controller.placement;

import org.jspecify.annotations.NullMarked;
