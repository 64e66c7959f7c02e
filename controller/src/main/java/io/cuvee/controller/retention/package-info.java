/// Removes what has had its time: segments, deleted objects, objects that belong to nothing.
@NullMarked
package io.cuvee.controller.retention;

import org.jspecify.annotations.NullMarked;
