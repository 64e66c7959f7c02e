/// The controller's REST interface.
@NullMarked
package io.cuvee.controller.api;

import org.jspecify.annotations.NullMarked;
