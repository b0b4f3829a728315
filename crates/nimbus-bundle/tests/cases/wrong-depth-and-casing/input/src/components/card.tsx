export default <b />;
