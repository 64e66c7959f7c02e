/// Tables that are filled while they are queried.
@org.jspecify.annotations.NullMarked
package io.cuvee.launcher.live;
