/// The demo: real flights, loaded and queried.
@NullMarked
package io.cuvee.launcher.demo;

import org.jspecify.annotations.NullMarked;
