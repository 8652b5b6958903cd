import type { IpAddress } from '@netwright/core';
import { injectable } from 'inversify';
import type { Route, Routes } from './tokens.js';

/** Routes by longest prefix, then those for one type of service (RFC 1122 section 3.3.1.3), then lowest metric, then age. */
@injectable()
export class RouteTable implements Routes {
  generation = 0;
  private routes: Route[] = [];

  lookup(destination: IpAddress, trafficClass = 0): Route | null {
    // Sorted by prefix: the first that fits is the best. Paths keep what they find, so this is not per packet.
    for (const route of this.routes) {
      const { to, trafficClass: only } = route;
      if (to.contains(destination) && (only === undefined || only === (trafficClass & 0xfc))) return route;
    }
    return null;
  }

  add(route: Route): void {
    const at = this.routes.findIndex((each) => comesAfter(each, route));
    this.routes.splice(at < 0 ? this.routes.length : at, 0, route);
    this.generation++;
  }

  remove(route: Route): void {
    const left = this.routes.filter((each) => each !== route);
    if (left.length === this.routes.length) return;
    this.routes = left;
    this.generation++;
  }

  list(): readonly Route[] {
    return this.routes;
  }
}

/** Whether a route is looked at after one that is new. */
function comesAfter(route: Route, added: Route): boolean {
  if (route.to.prefix !== added.to.prefix) return route.to.prefix < added.to.prefix;
  const [forAll, addedForAll] = [route.trafficClass === undefined, added.trafficClass === undefined];
  return forAll === addedForAll ? route.metric > added.metric : forAll;
}
