/** What policies may ask of a person besides groups. All of it is set by administrators, none by the person. */
export const ATTRIBUTES = [
  'department',
  'companyName',
  'jobTitle',
  'officeLocation',
  'country',
  'employeeType',
  'costCenter',
] as const;

export type Attribute = (typeof ATTRIBUTES)[number];
